//! Fast readers find what plain ones find, and refuse what those refuse, in any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| session_merge::fuzzing::check_twins(data));
