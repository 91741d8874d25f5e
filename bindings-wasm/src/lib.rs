//! The WebAssembly module of the npm package `session-merge`. It exports nothing yet.
