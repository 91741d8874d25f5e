//! What the fuzz targets share: documents and rule sets out of the fuzzer's bytes.

pub mod documents;
pub mod rules;
