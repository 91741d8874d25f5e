//! The report as bytes, which JavaScript copies at once and reads when it is asked for them.
//!
//! Each conflict has seven fields: pointer, shown pointer, kind, winner, base, theirs, mine. A
//! field is its length in four bytes, the lowest first, and as many bytes; a missing one has a
//! length of four times 255. Values are JSON text; the pointer may hold lone surrogates.

use session_merge::{Conflict, Winner};

const MISSING: u32 = u32::MAX;

pub(crate) fn packed(conflicts: &[Conflict<String>]) -> Vec<u8> {
    let mut report = Vec::new();
    for conflict in conflicts {
        let shown = conflict.pointer.to_string();
        for field in [
            Some(conflict.pointer.as_bytes()),
            Some(shown.as_bytes()),
            Some(conflict.kind.as_str().as_bytes()),
            conflict.winner.map(|winner| Winner::as_str(winner).as_bytes()),
            conflict.base.as_deref().map(str::as_bytes),
            conflict.theirs.as_deref().map(str::as_bytes),
            conflict.mine.as_deref().map(str::as_bytes),
        ] {
            // A module of 32 bits has none that is longer.
            let length =
                field.map_or(MISSING, |bytes| u32::try_from(bytes.len()).unwrap_or(MISSING));
            report.extend_from_slice(&length.to_le_bytes());
            report.extend_from_slice(field.unwrap_or_default());
        }
    }
    report
}
