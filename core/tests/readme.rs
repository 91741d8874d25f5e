//! The repository's README shows the example of the crate's, which runs with its documentation.

use std::fs;
use std::path::Path;

#[test]
fn both_readmes_have_one_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [own, whole] =
        ["README.md", "../README.md"].map(|path| fs::read_to_string(folder.join(path)).unwrap());
    let example = own.split("```").find_map(|block| block.strip_prefix("rust\n")).unwrap();
    assert!(example.contains("merge_json"));
    assert!(whole.contains(example));
}
