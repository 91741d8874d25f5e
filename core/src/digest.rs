//! Digests of byte strings, by which tables find them.
//!
//! The hash is the standard library's. It begins with something that only this process knows, so
//! that nobody can write down many strings of one digest.

use std::hash::{DefaultHasher, Hasher};
use std::sync::OnceLock;

/// A digest of nothing but the secret.
static SECRET: OnceLock<DefaultHasher> = OnceLock::new();

/// Gives hash tables a secret from the host, in the whole process; only the first call counts, and
/// only before the first merge.
///
/// An operating system provides one without being asked. A WebAssembly module has none, and without
/// this its tables can be made slow by names and strings that were chosen to collide.
pub fn provide_secret(secret: [u64; 2]) {
    SECRET.get_or_init(|| {
        let mut state = DefaultHasher::new();
        for word in secret {
            state.write_u64(word);
        }
        state
    });
}

/// The operating system's; nothing where there is none.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn own_secret() -> DefaultHasher {
    use std::hash::{BuildHasher, RandomState};

    RandomState::new().build_hasher()
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn own_secret() -> DefaultHasher {
    DefaultHasher::new()
}

/// A digest in the making.
pub(crate) fn begin() -> DefaultHasher {
    SECRET.get_or_init(own_secret).clone()
}

/// The digest of one string.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    let mut state = begin();
    state.write(bytes);
    state.finish()
}
