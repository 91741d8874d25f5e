//! Counts what merges and their peers allocate, apart from time.
//!
//! `allocations [--only PREFIX,PREFIX...] [--json]`

use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::error::Error;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use serde_json::{Map, Value, json};
use session_merge_peers::{contenders, triples};

static COUNT: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

struct Counting;

impl Counting {
    fn count(bytes: usize) {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(bytes, Relaxed);
    }
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    let wanted = |name: &str| {
        only.is_none_or(|only| only.split(',').any(|prefix| name.starts_with(prefix)))
            && !name.ends_with("MB")
    };
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let mut record = Map::new();
    for triple in triples(wanted)? {
        let mut counts = Map::new();
        for mut contender in contenders(&triple) {
            // The second run is what every later one is like.
            black_box((contender.run)());
            let (count, bytes) = (COUNT.load(Relaxed), BYTES.load(Relaxed));
            black_box((contender.run)());
            let (count, bytes) = (COUNT.load(Relaxed) - count, BYTES.load(Relaxed) - bytes);
            if !as_json {
                println!("{:>20} {:>30} {count:>8} {bytes:>10} B", triple.name, contender.name);
            }
            counts.insert(contender.name.into(), json!({"count": count, "bytes": bytes}));
        }
        record.insert(triple.name.clone(), Value::Object(counts));
    }
    if as_json {
        println!("{}", Value::Object(record));
    }
    Ok(())
}
