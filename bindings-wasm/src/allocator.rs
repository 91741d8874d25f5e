//! The module's memory, in blocks of powers of two.
//!
//! A merge asks for a few hundred small blocks and gives all of them back. What is given back waits
//! in the list of its size for the next one who asks for as much; blocks are neither split nor put
//! together. That is as fast as can be, and a fifth of the code of the standard library's
//! allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::memory_grow;
use std::cell::UnsafeCell;
use std::ptr::{self, null_mut};

/// The alignment of every block, and the size of the smallest.
const SMALLEST: usize = 16;
/// What is asked of the host at least, in pages of 64 KiB: every time it gives more, JavaScript's
/// views of the memory have to be made anew.
const PAGES: usize = 4;
const PAGE: usize = 64 * 1024;

#[global_allocator]
static ALLOCATOR: Blocks = Blocks(UnsafeCell::new(State { free: [null_mut(); 32], at: 0, end: 0 }));

struct Blocks(UnsafeCell<State>);

struct State {
    /// For each power of two the first block that was given back.
    free: [*mut Free; 32],
    /// From here on, memory was never used.
    at: usize,
    /// Where the host's memory ends.
    end: usize,
}

/// A block that was given back.
struct Free {
    next: *mut Free,
}

/// The power of two that a block has; `None` where it would be more than there is, or is to be
/// aligned to more than anything here asks for.
fn power(size: usize, align: usize) -> Option<usize> {
    let size = size.max(SMALLEST).checked_next_power_of_two()?;
    (align <= SMALLEST).then_some(size.trailing_zeros() as usize)
}

impl State {
    /// A block that was never used.
    #[cold]
    fn carve(&mut self, size: usize) -> *mut u8 {
        if self.end - self.at < size {
            let pages = size.div_ceil(PAGE).max(PAGES);
            let from = memory_grow::<0>(pages);
            if from == usize::MAX {
                return null_mut();
            }
            // What was left over is lost, unless the new pages follow it.
            if from * PAGE != self.end {
                self.at = from * PAGE;
            }
            // The last page ends where a `usize` does.
            self.end = from.saturating_add(pages).saturating_mul(PAGE);
        }
        let block = self.at;
        self.at += size;
        ptr::with_exposed_provenance_mut(block)
    }
}

// SAFETY: a WebAssembly module without shared memory has one thread.
unsafe impl Sync for Blocks {}

// SAFETY: a block is handed out once until it is given back, is as large as its power of two says,
// and aligned to `SMALLEST`, for all that is carved from pages are multiples of it. Nothing in here
// unwinds or allocates.
unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(power) = power(layout.size(), layout.align()) else {
            return null_mut();
        };
        // SAFETY: no other reference is alive: none leaves these methods.
        let state = unsafe { &mut *self.0.get() };
        let block = state.free[power];
        if block.is_null() {
            return state.carve(1 << power);
        }
        // SAFETY: what is in the list is a block that was given back, and holds its `Free`.
        state.free[power] = unsafe { (*block).next };
        block.cast()
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // It was allocated, so it has one.
        let Some(power) = power(layout.size(), layout.align()) else {
            return;
        };
        // SAFETY: no other reference is alive: none leaves these methods.
        let state = unsafe { &mut *self.0.get() };
        let block: *mut Free = block.cast();
        // SAFETY: the block is the caller's no more, and large enough.
        unsafe { block.write(Free { next: state.free[power] }) };
        state.free[power] = block;
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if power(layout.size(), layout.align()) == power(size, layout.align()) {
            return block;
        }
        // SAFETY: the caller sees to it that the size is not too large for a layout.
        let new = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !new.is_null() {
            // SAFETY: they are two blocks, each at least as large as what is copied.
            unsafe {
                ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
        }
        new
    }
}
