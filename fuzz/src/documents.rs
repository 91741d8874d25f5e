//! Triples of JSON texts, grown as one tree so that the sides collide at every depth.

use arbitrary::{Result, Unstructured};

/// The text of one place on base, theirs and mine.
pub type Triple = [Option<String>; 3];

/// Names, some of them one name spelled in two ways.
const NAMES: &[&str] = &[
    "a",
    r"\u0061",
    "b",
    "id",
    "n",
    "long_name_of_a_member",
    r#"c\"d"#,
    "é",
    r"\u00e9",
    "",
    "x~/*",
];

/// Scalars that `serde_json::Value` carries exactly, and the sum of any three of them as well: what
/// a text's counter holds beyond 64 bits is a conflict among values.
const SCALARS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "1.0",
    "1e0",
    "0.5",
    "-7",
    "9007199254740993",
    "-2305843009213693953",
    "2305843009213693953",
    "0.0",
    "-0.0",
    r#""""#,
    r#""a""#,
    r#""\u0061""#,
    r#""x y z""#,
    r#""x w z""#,
    r#""x  y\tz""#,
    r#""\\\"\/\n\ud83d\ude00""#,
    r#""[1,2]""#,
    r#""{\"a\":1}""#,
    r#""{ \"a\" : 1.0 }""#,
    r#""{\"a\":""#,
    "[]",
    "{}",
    "[ ]",
    "{ }",
];

/// Base, theirs and mine as whole texts, with white space around some.
///
/// # Errors
/// When the bytes are used up.
pub fn documents(u: &mut Unstructured<'_>) -> Result<[String; 3]> {
    let triple = if u.ratio(1, 8)? { place(u, 4)? } else { object(u, 4)? };
    let mut texts = triple.map(|text| text.unwrap_or_else(|| "null".to_owned()));
    for text in &mut texts {
        if u.ratio(1, 8)? {
            *text = format!(" \r\n{text}\t");
        }
    }
    Ok(texts)
}

fn place(u: &mut Unstructured<'_>, depth: u32) -> Result<Triple> {
    let triple = match u.int_in_range(0..=if depth == 0 { 1 } else { 9 })? {
        0..=3 => return scalar(u),
        4..=5 => object(u, depth - 1)?,
        6 => list(u, depth - 1)?,
        7 => keyed(u, depth - 1)?,
        8 => place(u, depth - 1)?
            .map(|text| text.map(|text| serde_json::Value::from(text).to_string())),
        _ => {
            let ([b, ..], [_, t, _], [.., m]) =
                (place(u, depth - 1)?, place(u, depth - 1)?, place(u, depth - 1)?);
            [b, t, m]
        }
    };
    let [base, theirs, mine] = triple;
    Ok(match u.int_in_range(0..=15)? {
        0 => [base.clone(), base, mine],
        1 => [base.clone(), theirs, base],
        2 => [base, theirs.clone(), theirs],
        3 => [None, theirs, mine],
        4 => [base, None, mine],
        5 => [base, theirs, None],
        _ => [base, theirs, mine],
    })
}

fn scalar(u: &mut Unstructured<'_>) -> Result<Triple> {
    let base = (*u.choose(SCALARS)?).to_owned();
    let mut side = || {
        Ok(match u.int_in_range(0..=4)? {
            0 | 1 => Some(base.clone()),
            2 => None,
            _ => Some((*u.choose(SCALARS)?).to_owned()),
        })
    };
    let (theirs, mine) = (side()?, side()?);
    let base = if u.ratio(1, 4)? { None } else { Some(base) };
    Ok([base, theirs, mine])
}

/// Entries between brackets; on each side compact, or with white space.
fn container(
    u: &mut Unstructured<'_>,
    brackets: [char; 2],
    entries: Vec<[Option<String>; 3]>,
) -> Result<Triple> {
    let mut sides: [Vec<String>; 3] = Default::default();
    for entry in entries {
        for (side, text) in sides.iter_mut().zip(entry) {
            side.extend(text);
        }
    }
    let mut made = [None, None, None];
    for (made, mut side) in made.iter_mut().zip(sides) {
        if side.len() > 1 && u.ratio(1, 6)? {
            side.swap(0, 1);
        }
        let comma = if u.ratio(1, 6)? { " ,\n" } else { "," };
        *made = Some(format!("{}{}{}", brackets[0], side.join(comma), brackets[1]));
    }
    Ok(made)
}

fn object(u: &mut Unstructured<'_>, depth: u32) -> Result<Triple> {
    let mut entries = Vec::new();
    for _ in 0..u.int_in_range(0..=5)? {
        let (name, colon) = (*u.choose(NAMES)?, *u.choose(&[":", ":", ":", " : "])?);
        // Names may repeat: the last one counts for both models.
        entries
            .push(place(u, depth)?.map(|text| text.map(|text| format!("\"{name}\"{colon}{text}"))));
    }
    container(u, ['{', '}'], entries)
}

fn list(u: &mut Unstructured<'_>, depth: u32) -> Result<Triple> {
    let count = u.int_in_range(0..=5)?;
    let entries = (0..count).map(|_| place(u, depth)).collect::<Result<_>>()?;
    container(u, ['[', ']'], entries)
}

/// Objects that name themselves by `id`.
fn keyed(u: &mut Unstructured<'_>, depth: u32) -> Result<Triple> {
    let mut entries = Vec::new();
    for key in 0..u.int_in_range(0..=4)? {
        let key = if u.ratio(1, 16)? { 0 } else { key };
        let element = object(u, depth)?;
        let mut triple = [None, None, None];
        for (entry, text) in triple.iter_mut().zip(element) {
            let text = text.unwrap_or_default();
            let comma = if text == "{}" { "" } else { "," };
            let id = format!("{{\"id\":{key}{comma}");
            *entry = if u.ratio(1, 4)? { None } else { Some(text.replacen('{', &id, 1)) };
        }
        entries.push(triple);
    }
    container(u, ['[', ']'], entries)
}
