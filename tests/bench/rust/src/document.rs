//! The merge that one writes by hand over `serde_json::Value`: objects member by member, else mine.

use serde_json::{Map, Value};

/// Merges by parsing all three, merging them and printing the result.
///
/// # Errors
/// Where a text is not JSON.
pub fn merge(base: &str, theirs: &str, mine: &str) -> serde_json::Result<String> {
    let base = serde_json::from_str(base)?;
    let merged = merge_values(&base, serde_json::from_str(theirs)?, serde_json::from_str(mine)?);
    serde_json::to_string(&merged)
}

fn merge_values(base: &Value, theirs: Value, mine: Value) -> Value {
    if mine == *base {
        return theirs;
    }
    match (base, theirs, mine) {
        (base, theirs, mine) if theirs == *base => mine,
        (Value::Object(base), Value::Object(theirs), Value::Object(mine)) => {
            Value::Object(merge_members(base, theirs, mine))
        }
        (_, _, mine) => mine,
    }
}

fn merge_members(
    base: &Map<String, Value>,
    theirs: Map<String, Value>,
    mut mine: Map<String, Value>,
) -> Map<String, Value> {
    let mut merged = Map::new();
    for (name, theirs) in theirs {
        let value = match (base.get(&name), mine.remove(&name)) {
            (Some(base), Some(mine)) => merge_values(base, theirs, mine),
            (Some(_), None) => continue,
            (None, Some(mine)) => mine,
            (None, None) => theirs,
        };
        merged.insert(name, value);
    }
    merged.extend(mine.into_iter().filter(|(name, _)| !base.contains_key(name)));
    merged
}
