//! Bindings of C records by libhdrgen: as much of its API as that takes, declared by hand.

use std::ffi::{c_char, c_int, c_uint, c_void, CStr, CString};
use std::{mem, ptr, slice};

/// The declarations of hdrgen/*.h.
mod c {
    use super::*;

    #[repr(C)]
    pub struct Model([u8; 0]);
    #[repr(C)]
    pub struct Selection([u8; 0]);

    #[repr(C)]
    pub struct Diagnostic {
        pub severity: c_int,
        pub file: *const c_char,
        pub line: c_uint,
        pub column: c_uint,
        pub text: *const c_char,
    }

    #[repr(C)]
    pub struct Diagnostics {
        pub report: unsafe extern "C" fn(*mut c_void, *const Diagnostic),
        pub user: *mut c_void,
        pub errors: usize,
        pub warnings: usize,
    }

    /// struct hg_header_options, as far as it is used: the library takes the rest as zero, by `sz`.
    #[repr(C)]
    pub struct HeaderOptions {
        pub sz: usize,
        pub headers: *const *const c_char,
        pub header_count: usize,
    }

    /// struct hg_select_options, as far as it is used.
    #[repr(C)]
    pub struct SelectOptions {
        pub sz: usize,
        pub names: *const *const c_char,
        pub name_count: usize,
    }

    #[repr(C)]
    pub struct Output {
        pub data: *mut c_char,
        pub size: usize,
    }

    extern "C" {
        pub fn hg_read_headers(options: *const HeaderOptions, to: *mut Diagnostics, ret: *mut *mut Model) -> c_int;
        pub fn hg_select(model: *const Model, options: *const SelectOptions, to: *mut Diagnostics, ret: *mut *mut Selection) -> c_int;
        pub fn hg_write_rust(model: *const Model, selection: *const Selection, options: *const c_void, to: *mut Diagnostics, ret: *mut Output) -> c_int;
        pub fn hg_model_files(model: *const Model, count: *mut usize) -> *const *const c_char;
        pub fn hg_output_deinit(output: *mut Output);
        pub fn hg_selection_destroy(selection: *mut Selection);
        pub fn hg_model_destroy(model: *mut Model);
    }
}

pub struct Bindings {
    pub text: Vec<u8>,
    /// The files that were read.
    pub files: Vec<String>,
}

unsafe extern "C" fn keep_errors(user: *mut c_void, diagnostic: *const c::Diagnostic) {
    const ERROR: c_int = 2;
    if unsafe { (*diagnostic).severity } == ERROR {
        let text = unsafe { CStr::from_ptr((*diagnostic).text) }.to_string_lossy();
        unsafe { &mut *user.cast::<String>() }.push_str(&format!("{text}\n"));
    }
}

/// The bindings of a type that a header defines; an error is what the library reported.
pub fn bindings(header: &str, name: &str) -> Result<Bindings, String> {
    let (header, name) = (CString::new(header).unwrap(), CString::new(name).unwrap());
    let (header, name) = (header.as_ptr(), name.as_ptr());
    let mut errors = String::new();
    let mut to = c::Diagnostics { report: keep_errors, user: ptr::addr_of_mut!(errors).cast(), errors: 0, warnings: 0 };
    let headers = c::HeaderOptions { sz: mem::size_of::<c::HeaderOptions>(), headers: &header, header_count: 1 };
    let names = c::SelectOptions { sz: mem::size_of::<c::SelectOptions>(), names: &name, name_count: 1 };
    let (mut model, mut selection) = (ptr::null_mut(), ptr::null_mut());
    let mut output = c::Output { data: ptr::null_mut(), size: 0 };
    let mut bindings = Bindings { text: Vec::new(), files: Vec::new() };
    // What failed has left its result NULL, which is fine to destroy.
    unsafe {
        let is_done = c::hg_read_headers(&headers, &mut to, &mut model) == 0
            && c::hg_select(model, &names, &mut to, &mut selection) == 0
            && c::hg_write_rust(model, selection, ptr::null(), &mut to, &mut output) == 0;
        if is_done {
            let mut count = 0;
            let files = c::hg_model_files(model, &mut count);
            bindings.text = slice::from_raw_parts(output.data.cast::<u8>(), output.size).to_vec();
            for i in 0..count {
                bindings.files.push(CStr::from_ptr(*files.add(i)).to_string_lossy().into_owned());
            }
        }
        c::hg_output_deinit(&mut output);
        c::hg_selection_destroy(selection);
        c::hg_model_destroy(model);
        if is_done { Ok(bindings) } else { Err(errors) }
    }
}
