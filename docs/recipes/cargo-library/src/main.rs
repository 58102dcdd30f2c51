#[allow(dead_code)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

fn main() {
    let (at, size) = (core::mem::offset_of!(bindings::event, comm), core::mem::size_of::<bindings::event>());
    println!("comm at {at} of {size}");
}
