//! What a merge costs beside what else a Rust program could do, in one process and run.

mod contenders;
mod document;
#[cfg(feature = "peers")]
mod heavy;
mod lazy;
mod measure;
mod triples;

pub use contenders::{Contender, agree, contenders};
pub use document::merge as merge_documents;
pub use lazy::merge as merge_lazily;
pub use measure::{Measured, Plan, measure};
pub use triples::{Triple, triples};
