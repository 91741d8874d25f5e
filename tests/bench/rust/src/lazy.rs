//! The merge that one writes over borrowed text: it tells members apart and looks no deeper
//! than to where both sides changed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Merges objects member by member, anything else as a whole, mine winning.
///
/// # Errors
/// Where a text is not a JSON object.
pub fn merge(base: &str, theirs: &str, mine: &str) -> serde_json::Result<String> {
    let mut out = Vec::with_capacity(theirs.len() + mine.len() / 8);
    merge_members(
        &serde_json::from_str(base)?,
        &serde_json::from_str(theirs)?,
        &serde_json::from_str(mine)?,
        &mut out,
    )?;
    Ok(String::from_utf8(out).unwrap_or_default())
}

fn merge_members<'a>(
    base: &Members<'a>,
    theirs: &Members<'a>,
    mine: &Members<'a>,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    let in_base = base.index();
    let in_mine = mine.index();
    let mut first = true;
    out.push(b'{');
    for (name, theirs) in &theirs.0 {
        let base = in_base.get(&**name).copied();
        let mine = in_mine.get(&**name).copied();
        let value = match (base, mine) {
            (Some(_), None) => continue,
            (Some(base), Some(mine)) if base.get() == mine.get() => theirs,
            (Some(base), Some(mine)) if base.get() == theirs.get() => mine,
            (_, Some(mine)) if mine.get() == theirs.get() => theirs,
            (None, None) => theirs,
            (base, Some(mine)) => {
                let base = base.map_or("{}", RawValue::get);
                if [base, theirs.get(), mine.get()].iter().all(|text| text.starts_with('{')) {
                    start(name, &mut first, out)?;
                    merge_members(
                        &serde_json::from_str(base)?,
                        &serde_json::from_str(theirs.get())?,
                        &serde_json::from_str(mine.get())?,
                        out,
                    )?;
                    continue;
                }
                mine
            }
        };
        start(name, &mut first, out)?;
        out.extend_from_slice(value.get().as_bytes());
    }
    let mut in_theirs = None;
    for (name, value) in mine.0.iter().filter(|(name, _)| !in_base.contains_key(&**name)) {
        let names = || theirs.0.iter().map(|(name, _)| &**name).collect::<HashSet<_>>();
        if !in_theirs.get_or_insert_with(names).contains(&**name) {
            start(name, &mut first, out)?;
            out.extend_from_slice(value.get().as_bytes());
        }
    }
    out.push(b'}');
    Ok(())
}

fn start(name: &str, first: &mut bool, out: &mut Vec<u8>) -> serde_json::Result<()> {
    if !std::mem::take(first) {
        out.push(b',');
    }
    serde_json::to_writer(&mut *out, name)?;
    out.push(b':');
    Ok(())
}

/// The members of an object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    fn index(&self) -> HashMap<&str, &'a RawValue> {
        self.0.iter().map(|(name, value)| (&**name, *value)).collect()
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A name that borrows unless it holds escapes, which `Cow` by itself does not.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
