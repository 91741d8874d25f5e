//! The reader of blocks refuses what the exact reader refuses, and finds what it finds.

use super::tape::Tape;
use super::twins::{compare, readers_agree};

const DEPTH: usize = 5;

const DOCUMENTS: &[&str] = &[
    "{}",
    "[]",
    "[ ]",
    "{ }",
    "[[],{}]",
    "[0,-1.5e+3,true,false,null,NaN,-Infinity]",
    r#"{"a":1,"b":[2,{"c":"d"}],"e":""}"#,
    r#"{ "a" : [ 1 , "x y" ] , "b" : { } }"#,
    r#"["\"","\\","\u00e9\ud800","a\\\"b\\",{"\n":"\\"}]"#,
    "[\t\"é\",\r\n\"😀\" ]",
    "[[[[1]]]]",
];

/// Bytes that mean something somewhere.
const BYTES: &[char] = &[
    '{', '}', '[', ']', ':', ',', '"', '\\', ' ', '\n', '\u{1}', '0', '-', '.', 'e', 't', 'u', 'é',
];

fn agree(text: &str) {
    readers_agree(text, DEPTH);
}

/// Documents with so much before them that their parts come to lie on both sides of a block's end.
fn shifted() -> impl Iterator<Item = String> {
    let shifts = [0, 1, 2, 3].into_iter().chain(40..64);
    shifts.flat_map(|shift| {
        DOCUMENTS.iter().map(move |document| match shift {
            0 => (*document).to_owned(),
            _ => format!("[\"{}\",{document}]", "x".repeat(shift)),
        })
    })
}

#[test]
fn whatever_is_changed() {
    for text in shifted() {
        agree(&text);
        let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        for at in places.collect::<Vec<_>>() {
            agree(&text[..at]);
            for byte in BYTES {
                let mut changed = text.clone();
                changed.insert(at, *byte);
                agree(&changed);
                if at < text.len() {
                    changed.remove(at + byte.len_utf8());
                    agree(&changed);
                }
            }
        }
    }
}

#[test]
fn long_strings_and_deep_containers() {
    for length in 0..200 {
        let filler = "x".repeat(length);
        agree(&format!(r#"{{"{filler}":"{filler}\\","b":1}}"#));
        agree(&format!(r#"{{"{filler}":"{filler}\","b":1}}"#));
        agree(&format!(r#"["{filler}{}"]"#, r"\\".repeat(length)));
        agree(&format!(r#"["{filler}{}"]"#, r"\".repeat(length)));
    }
    for depth in 1..DEPTH + 3 {
        agree(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        agree(&format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)));
    }
}

#[test]
fn the_tape_tells_where_everything_is() {
    for text in shifted() {
        let tape = Tape::read(&text, 64).unwrap().unwrap();
        compare(&tape, &text, Tape::ROOT);
        let white = [' ', '\t', '\n', '\r'];

        assert_eq!(tape.is_compact, !text.contains(white), "{text}");
        assert_eq!(tape.is_plain, !text.contains('\\'), "{text}");
    }
}
