#![allow(non_camel_case_types)]

#[repr(C)]
pub struct plain {
    pub a: i8,
    pub b: i32,
    pub c: [plain__c; 2],
}
#[repr(C)]
pub struct plain__c {
    pub r#in: i16,
}
#[repr(C)]
pub union either {
    pub whole: i32,
    pub part: [u8; 6],
}
#[repr(C, align(4))]
pub struct bits {
    pub _bitfield_0: [u8; 2],
    pub after: i8,
}
impl bits {
    pub fn low(&self) -> u32 {
        (self._bitfield_0[0] & 0x7) as u32
    }
    pub fn set_low(&mut self, value: u32) {
        self._bitfield_0[0] = self._bitfield_0[0] & !0x7 | (value & 0x7) as u8;
    }
    pub fn high(&self) -> i32 {
        (u16::from_le_bytes(self._bitfield_0) as i32) << 20 >> 23
    }
    pub fn set_high(&mut self, value: i32) {
        let word = u16::from_le_bytes(self._bitfield_0) & !0xff8;
        self._bitfield_0 = (word | ((value as u16) << 3) & 0xff8).to_le_bytes();
    }
}
#[repr(C)]
pub struct ends {
    pub __anon_x: ends__anon_x,
    pub named: ends__named,
}
#[repr(C)]
pub struct ends__anon_x {
    pub x: i8,
    pub y: i64,
}
#[repr(C)]
pub struct ends__named {
    pub z: i32,
}
