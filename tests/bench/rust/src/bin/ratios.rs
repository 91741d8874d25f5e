//! Measures merges and their peers side by side.
//!
//! `ratios [--smoke] [--only PREFIX,PREFIX...] [--json]`: the triples whose names begin so; a
//! table, or JSON for the driver.

use std::env;
use std::error::Error;
use std::time::Duration;

use serde_json::{Map, Value, json};
use session_merge_peers::{Measured, Plan, agree, contenders, measure, triples};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    let wanted = |name: &str| {
        only.is_none_or(|only| only.split(',').any(|prefix| name.starts_with(prefix)))
            && !(flag("--smoke") && name.ends_with("MB"))
    };
    let plan = if flag("--smoke") {
        Plan { sample: Duration::from_micros(100), budget: Duration::ZERO, rounds: (3, 3) }
    } else {
        Plan {
            sample: Duration::from_micros(300),
            budget: Duration::from_secs(4),
            rounds: (9, 301),
        }
    };
    let mut record = Map::new();
    for triple in triples(wanted)? {
        agree(&triple)?;
        let mut contenders = contenders(&triple);
        let measured = measure(&mut contenders, plan);
        let names: Vec<&str> = contenders.iter().map(|contender| contender.name).collect();
        if flag("--json") {
            let times: Map<String, Value> = names
                .iter()
                .zip(&measured)
                .map(|(name, measured)| ((*name).to_owned(), json!(measured)))
                .collect();
            record.insert(triple.name.clone(), json!({"bytes": triple.bytes(), "times": times}));
        } else {
            table(&triple.name, &names, &measured);
        }
    }
    if flag("--json") {
        println!("{}", Value::Object(record));
    }
    Ok(())
}

/// Prints the median of each, and what fraction of it a merge takes.
fn table(triple: &str, names: &[&str], measured: &[Measured]) {
    println!("\n{triple}, {} rounds", measured[0].rounds);
    println!("{:>30} {:>12} {:>23} {:>10}", "", "median µs", "quartiles", "merge/it");
    for (name, times) in names.iter().zip(measured) {
        let [median, low, high] = [times.median, times.low, times.high].map(|time| time / 1000.0);
        let ratio = measured[0].median / times.median;
        println!("{name:>30} {median:>12.2} {low:>11.2} {high:>11.2} {ratio:>10.3}");
    }
}
