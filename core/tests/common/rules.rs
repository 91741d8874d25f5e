//! Random rule sets.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// What rule sets may use.
#[derive(Clone, Copy)]
pub struct Space {
    pub modes: &'static [&'static str],
    pub winners: &'static [&'static str],
    pub deletes: &'static [&'static str],
    pub groups: bool,
    /// Parameters that cut values away: `min`, `max`, `limit`, `unique`.
    pub cuts: bool,
}

pub const EVERYTHING: Space = Space {
    modes: &["deep", "atomic", "counter", "set", "ordered", "append", "keyed", "text", "embedded"],
    winners: &["mine", "theirs", "base", "max", "min", "latest", "fail"],
    deletes: &["wins", "loses", "empties", "fail"],
    groups: true,
    cuts: true,
};

/// [`EVERYTHING`] but `fail`, so that there is always a result.
pub const LENIENT: Space = Space {
    winners: &["mine", "theirs", "base", "max", "min", "latest"],
    deletes: &["wins", "loses", "empties"],
    ..EVERYTHING
};

fn pattern() -> impl Strategy<Value = String> {
    let segment = select(&[
        "*", "*", "*", "a", "b", "n", "id", "**", "**", "a*", "*b", "c~2", "", "1", "x", "1.0",
    ]);
    vec(segment, 0..4)
        .prop_map(|segments| segments.iter().flat_map(|segment| ["/", segment]).collect())
}

fn winner(space: Space) -> impl Strategy<Value = Value> {
    select(space.winners).prop_map(|winner| match winner {
        "latest" => json!({"latest": "n"}),
        winner => json!(winner),
    })
}

/// A mode with its parameters.
fn mode(space: Space) -> impl Strategy<Value = Map<String, Value>> {
    let cut = || prop::bool::weighted(0.3).prop_map(move |cut| cut && space.cuts);
    (select(space.modes), cut(), cut(), -2..3_i64, any::<bool>()).prop_map(
        |(mode, low, high, bound, flag)| {
            let mut rule = Map::from_iter([("merge".to_owned(), json!(mode))]);
            let mut set = |key: &str, value: Value| rule.insert(key.to_owned(), value);
            match mode {
                "counter" => {
                    low.then(|| set("min", json!(bound)));
                    high.then(|| {
                        set("max", json!(if flag { json!(bound + 2) } else { json!(3.5) }))
                    });
                }
                "append" => {
                    low.then(|| set("unique", json!(true)));
                    high.then(|| set("limit", json!(bound.unsigned_abs() + 1)));
                }
                "keyed" => {
                    set("key", if flag { json!("id") } else { json!(["id"]) });
                }
                _ => {}
            }
            rule
        },
    )
}

fn rule(space: Space) -> impl Strategy<Value = Value> {
    let delete = || select(space.deletes);
    let fields = (
        option::weighted(0.8, mode(space)),
        option::weighted(0.4, winner(space)),
        option::weighted(0.3, delete()),
    );
    let fields = fields.prop_map(|(mode, conflict, delete)| {
        let mut rule = mode.unwrap_or_default();
        rule.extend(conflict.map(|conflict| ("conflict".to_owned(), conflict)));
        rule.extend(delete.map(|delete| ("delete".to_owned(), json!(delete))));
        rule
    });
    let fields = fields.boxed();
    (fields.clone(), option::weighted(0.5, fields)).prop_map(|(mut rule, root)| {
        if let (Some("embedded"), Some(root)) = (rule.get("merge").and_then(Value::as_str), root) {
            rule.insert("root".to_owned(), Value::Object(root));
        }
        Value::Object(rule)
    })
}

/// Members of one object that are decided together.
fn groups() -> impl Strategy<Value = Value> {
    let parent = select(&["", "", "/*", "/a", "/**"]);
    let members = subsequence(vec!["a", "b", "n", "*"], 1..4);
    (parent, members).prop_map(|(parent, members)| {
        json!([members.iter().map(|name| format!("{parent}/{name}")).collect::<Vec<_>>()])
    })
}

/// A rule set that compiles.
pub fn rules(space: Space) -> BoxedStrategy<Value> {
    let patterns = btree_map(pattern(), rule(space), 0..5);
    let options = (
        option::weighted(0.3, winner(space)),
        option::weighted(0.3, select(space.deletes)),
        option::weighted(0.3, groups()).prop_map(move |groups| groups.filter(|_| space.groups)),
    );
    (patterns, options)
        .prop_map(|(patterns, (conflict, delete, groups))| {
            let mut set: Map<String, Value> = patterns.into_iter().collect();
            set.extend(conflict.map(|conflict| ("conflict".to_owned(), conflict)));
            set.extend(delete.map(|delete| ("delete".to_owned(), json!(delete))));
            set.extend(groups.map(|groups| ("groups".to_owned(), groups)));
            Value::Object(set)
        })
        .boxed()
}

/// The same rules with mine and theirs in each other's place. What is not said is `mine`, which cannot be turned.
pub fn mirrored(rules: &Value) -> Value {
    match rules {
        Value::String(winner) if winner == "mine" => json!("theirs"),
        Value::String(winner) if winner == "theirs" => json!("mine"),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), mirrored(value))).collect()
        }
        other => other.clone(),
    }
}
