//! The triples that `tests/bench/generate.py` writes.

use std::path::PathBuf;
use std::{env, fs, io};

use serde_json::Value;
use session_merge::Rules;

/// Three texts and the rules they are merged under.
pub struct Triple {
    /// Shape and size, as `session-2KB`.
    pub name: String,
    /// What both sides started from.
    pub base: String,
    /// What the store holds.
    pub theirs: String,
    /// What this writer wants to store.
    pub mine: String,
    /// Compiled rules.
    pub rules: Rules,
}

impl Triple {
    /// The bytes of all three texts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.base.len() + self.theirs.len() + self.mine.len()
    }

    /// What kind of document it is: the name without the size.
    #[must_use]
    pub fn shape(&self) -> &str {
        self.name.rsplit_once('-').map_or(&*self.name, |(shape, _)| shape)
    }

    /// The texts as values, where `serde_json` reads them.
    ///
    /// # Errors
    /// Where it does not, as at the depth that is the limit of a merge.
    pub fn values(&self) -> serde_json::Result<[Value; 3]> {
        Ok([
            serde_json::from_str(&self.base)?,
            serde_json::from_str(&self.theirs)?,
            serde_json::from_str(&self.mine)?,
        ])
    }
}

/// The triples that were generated, smallest first; `SESSION_MERGE_TRIPLES` may name their folder.
///
/// # Errors
/// Where there are none: run `python tests/bench/generate.py`.
pub fn triples(wanted: impl Fn(&str) -> bool) -> io::Result<Vec<Triple>> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = env::var_os("SESSION_MERGE_TRIPLES")
        .map_or_else(|| here.join("../../../.cache/bench/triples"), PathBuf::from);
    let mut triples = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !wanted(&name) {
            continue;
        }
        let read = |part: &str| fs::read_to_string(entry.path().join(format!("{part}.json")));
        triples.push(Triple {
            base: read("base")?,
            theirs: read("theirs")?,
            mine: read("mine")?,
            rules: read("rules")?.parse().map_err(io::Error::other)?,
            name,
        });
    }
    triples.sort_by_key(|triple| (triple.bytes().ilog2(), triple.name.clone()));
    Ok(triples)
}
