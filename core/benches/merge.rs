//! What a merge costs by itself: text and values, everyday and hostile documents.
//!
//! The documents are those of `tests/bench/generate.py`, up to 50 KB.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use session_merge::{Rules, merge, merge_json};

struct Triple {
    name: String,
    texts: [String; 3],
    rules: Rules,
}

impl Triple {
    fn read(folder: &Path) -> Self {
        let read = |part: &str| {
            fs::read_to_string(folder.join(part).with_extension("json")).expect("a readable file")
        };
        Self {
            name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
            texts: ["base", "theirs", "mine"].map(read),
            rules: read("rules").parse().expect("a rule set"),
        }
    }

    fn bytes(&self) -> u64 {
        self.texts.iter().map(|text| text.len() as u64).sum()
    }
}

fn triples() -> Vec<Triple> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let generator = root.join("tests/bench/generate.py");
    let made = Command::new("python3").arg(generator).arg("--smoke").status();
    assert!(made.is_ok_and(|status| status.success()), "Python generates the documents");
    let folders = fs::read_dir(root.join(".cache/bench/triples")).expect("a folder of documents");
    let mut folders: Vec<PathBuf> =
        folders.map(|entry| entry.expect("a readable folder").path()).collect();
    folders.retain(|folder| !folder.to_string_lossy().ends_with("MB"));
    folders.sort();
    folders.iter().map(|folder| Triple::read(folder)).collect()
}

fn text(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("merge_json");
    for triple in &triples() {
        let [base, theirs, mine] = &triple.texts;
        group.throughput(Throughput::Bytes(triple.bytes()));
        group.bench_function(BenchmarkId::from_parameter(&triple.name), |bencher| {
            bencher.iter(|| merge_json(base, theirs, mine, &triple.rules));
        });
    }
}

fn values(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("merge");
    for triple in &triples() {
        // What is as deep as a merge allows is too deep for `serde_json` to read.
        let values: Result<Vec<Value>, _> =
            triple.texts.iter().map(|text| serde_json::from_str(text)).collect();
        let Ok([base, theirs, mine]) = values.as_deref() else { continue };
        group.throughput(Throughput::Bytes(triple.bytes()));
        group.bench_function(BenchmarkId::from_parameter(&triple.name), |bencher| {
            bencher.iter(|| merge(base, theirs, mine, &triple.rules));
        });
    }
}

criterion_group!(benches, text, values);
criterion_main!(benches);
