//! Input that is meant to hurt: an error that names the place or a result, never a crash or a hang.

use std::fmt::Write as _;
use std::mem::ManuallyDrop;
use std::thread;

use serde_json::{Map, Value, json};
use session_merge::{Error, Input, Rules, merge, merge_json, merge_slice};

/// What documents nested as deep as can be asked for need, the unoptimised build several times as
/// much.
const STACK: usize = if cfg!(debug_assertions) { 12 << 20 } else { 2 << 20 };
const DEEPEST: usize = 1024;
/// Levels of a list and an object each.
const KEYED_DEEPEST: usize = DEEPEST / 2;

/// Each text in each of the three places, between harmless ones.
fn in_each_place(hostile: &str, check: impl Fn(Input, Result<String, Error>)) {
    let rules = Rules::default();
    let merged =
        |base, theirs, mine| merge_json(base, theirs, mine, &rules).map(|merged| merged.value);
    check(Input::Base, merged(hostile, "{}", "[]"));
    check(Input::Theirs, merged("{}", hostile, "[]"));
    check(Input::Mine, merged("{}", "[]", hostile));
}

#[test]
fn brackets_without_end() {
    for (open, segment) in [("[", "/0"), (r#"{"a":"#, "/a"), (r#"[{"":["#, "/0//0")] {
        in_each_place(&open.repeat(100_000), |input, merged| {
            let error = merged.unwrap_err();
            assert!(error.is_depth());
            assert_eq!(error.input(), Some(input));
            let pointer = error.pointer().unwrap().as_str().into_owned();
            assert!(pointer.starts_with(segment));
            assert_eq!(pointer.matches('/').count(), 128);
            assert!(error.to_string().len() < 1000);
        });
    }
}

fn object_of(member: Value) -> Value {
    Value::Object(Map::from_iter([("a".to_owned(), member)]))
}

#[test]
fn values_without_end() {
    // Dropping it would need as many stack frames: what serde_json does with such a value is not at
    // issue.
    let mut deep = ManuallyDrop::new(json!(1));
    for level in 0..100_000 {
        let inner = ManuallyDrop::into_inner(deep);
        let object = level % 2 == 1;
        deep = ManuallyDrop::new(if object { object_of(inner) } else { Value::Array(vec![inner]) });
    }
    let (flat, rules) = (json!({}), Rules::default());
    for (input, [base, theirs, mine]) in [
        (Input::Base, [&deep, &flat, &flat]),
        (Input::Theirs, [&flat, &deep, &flat]),
        (Input::Mine, [&flat, &flat, &deep]),
    ] {
        let error = merge(base, theirs, mine, &rules).unwrap_err();
        assert_eq!((error.is_depth(), error.input()), (true, Some(input)));
        assert!(error.pointer().unwrap().as_str().starts_with("/a/0/a/0"));
    }
}

#[test]
fn rules_without_end() {
    // Put together by hand, for `json!` would serialise what is inside, and dropped by nobody.
    let embedded = |root: Value| {
        let members = [("merge".to_owned(), json!("embedded")), ("root".to_owned(), root)];
        Value::Object(Map::from_iter(members))
    };
    let mut deep = ManuallyDrop::new(json!("atomic"));
    for _ in 0..100_000 {
        deep = ManuallyDrop::new(embedded(ManuallyDrop::into_inner(deep)));
    }
    let rules = ManuallyDrop::new(object_of(ManuallyDrop::into_inner(deep)));
    assert_eq!(Rules::new(&rules).unwrap_err().to_string(), "rule \"\": nested too deep");
    // The rule set itself is the first level, and one is left for the rule at the bottom.
    for (levels, is_refused) in [(127, false), (128, true)] {
        let rule = (0..levels).fold(json!("atomic"), |inner, _| embedded(inner));
        let rules = json!({"/a": rule});
        assert_eq!(Rules::new(&rules).is_err(), is_refused);
        assert_eq!(rules.to_string().parse::<Rules>().is_err(), is_refused);
    }
}

/// Containers one in another, the innermost with a scalar.
fn nested(open: &str, close: &str, times: usize, scalar: &str) -> String {
    format!("{}{scalar}{}", open.repeat(times), close.repeat(times))
}

/// Puts a value into one more container.
type Wrap = fn(Value) -> Value;

#[test]
fn documents_as_deep_as_the_limit() {
    let everywhere =
        json!({"/**": {"merge": "keyed", "key": "id"}, "/**/1": "deep", "max_depth": DEEPEST});
    let empties = json!({"delete": "empties", "max_depth": DEEPEST});
    let limit = json!({"max_depth": DEEPEST});
    let object: Wrap = object_of;
    let list: Wrap = |inner| Value::Array(vec![inner]);
    let mixed: Wrap = |inner| object_of(Value::Array(vec![inner]));
    let keyed: Wrap = |inner| json!([{"id": 1, "k": inner}]);
    let shapes = [
        (r#"{"a":"#, "}", DEEPEST, object, &limit),
        (r#"{"a":"#, "}", DEEPEST, object, &empties),
        ("[", "]", DEEPEST, list, &limit),
        (r#"{"a":["#, "]}", DEEPEST / 2, mixed, &limit),
        (r#"[{"id":1,"k":"#, "}]", KEYED_DEEPEST, keyed, &everywhere),
    ];
    for (open, close, times, wrap, rules) in shapes {
        let rules = Rules::new(rules).unwrap();
        let [base, theirs, mine] = ["1", "2", "3"].map(|scalar| nested(open, close, times, scalar));
        let deeper = format!("[{}", "[".repeat(DEEPEST));
        let run = move || {
            let merged = merge_json(&base, &theirs, &mine, &rules).unwrap();
            assert_eq!(merged.value, mine);
            assert_eq!(merged.conflicts.len(), 1);
            assert!(merged.patch_text().ends_with("}]"));
            let values =
                [1, 2, 3].map(|scalar| (0..times).fold(json!(scalar), |inner, _| wrap(inner)));
            let merged = merge(&values[0], &values[1], &values[2], &rules).unwrap();
            assert!(merged.value == values[2]);
            assert!(merged.patch_text().ends_with("}]"));
            let error = merge_json(&base, &theirs, &deeper, &rules).unwrap_err();
            assert_eq!((error.is_depth(), error.input()), (true, Some(Input::Mine)));
        };
        thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
    }
}

#[test]
fn siblings_do_not_add_up_to_depth() {
    let rules = Rules::new(
        &json!({"/d/*": "embedded", "/k": {"merge": "keyed", "key": "id"}, "max_depth": 3}),
    );
    let document = |scalar: u8| {
        let member = json!({"a": [scalar], "b": [scalar]});
        let text = json!([[scalar]]).to_string();
        let keyed = json!([{"id": 1, "a": scalar}, {"id": 2, "a": scalar}]);
        json!({"a": member, "b": member, "d": {"a": "[1]", "b": "[2]"}, "k": keyed, "l": [[scalar]], "t": text})
    };
    let merged = merge(&document(1), &document(2), &document(3), &rules.unwrap()).unwrap();
    assert_eq!(merged.value, document(3));
}

#[test]
fn documents_in_documents_count_as_deeper() {
    let rules = Rules::new(&json!({"/a": "embedded", "max_depth": 3})).unwrap();
    let embed = |json: &str| json!({"a": json}).to_string();
    let [base, theirs, mine] = ["[[1]]", "[[2]]", "[[3]]"].map(embed);
    assert!(merge_json(&base, &theirs, &mine, &rules).is_ok());
    let error = merge_json(&base, &theirs, &embed("[[[3]]]"), &rules).unwrap_err();
    assert_eq!(error.pointer().unwrap().as_str(), "/a/0/0");
    assert_eq!((error.is_depth(), error.input()), (true, None));
}

#[test]
fn strings_of_fifty_megabytes() {
    let long = "x".repeat(50_000_000);
    let document = |prefix: &str| format!(r#"{{"s":"{prefix}{long}"}}"#);
    let (theirs, mine) = (document(""), document(r"\n"));
    for rules in [json!({}), json!({"/s": "text"})] {
        let rules = Rules::new(&rules).unwrap();
        let merged = merge_json(r#"{"s":""}"#, &theirs, &mine, &rules).unwrap();
        assert!(merged.value == mine);
        assert_eq!(merged.conflicts.len(), 1);
    }
    let error = merge_json("{}", "{}", &theirs[..40_000_000], &Rules::default()).unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(1), Some(40_000_001)));
}

/// Everything a text can hold, over several lines.
const SAMPLE: &str = "{\n \"é\\u00e9\\ud83d\\ude00\\n\": [-1.5e+10, 0, true, false, null, \"\\ud800\"],\r\n\
    \t\"😀\": {\"NaN\": NaN, \"\": [Infinity, -Infinity, {}, [ ]]}, \"b\": 1E400 }";

#[test]
fn every_truncation_names_its_end() {
    for length in 0..SAMPLE.len() {
        let bytes = &SAMPLE.as_bytes()[..length];
        // Half a character is no character: the place is where it starts.
        let whole = String::from_utf8_lossy(bytes).trim_end_matches('\u{fffd}').to_owned();
        let line = whole.matches('\n').count() + 1;
        let column = whole.rsplit('\n').next().unwrap().chars().count() + 1;
        for input in [Input::Base, Input::Theirs, Input::Mine] {
            let side = |side| if side == input { bytes } else { b"{}" };
            let [base, theirs, mine] = [Input::Base, Input::Theirs, Input::Mine].map(side);
            let error = merge_slice(base, theirs, mine, &Rules::default()).unwrap_err();
            assert_eq!((error.is_json(), error.input()), (true, Some(input)));
            assert_eq!((error.line(), error.column()), (Some(line), Some(column)), "{whole}");
            assert!(error.expected().is_some_and(|expected| !expected.is_empty()));
        }
    }
    assert!(merge_slice(SAMPLE.as_bytes(), b"1", SAMPLE.as_bytes(), &Rules::default()).is_ok());
}

#[test]
fn every_damaged_byte_is_refused_with_a_place_or_read() {
    for at in 0..SAMPLE.len() {
        for byte in [0, b'"', b'\\', b',', b':', b'{', b']', b'1', b' ', 0x80, 0xff] {
            let mut damaged = SAMPLE.as_bytes().to_vec();
            damaged[at] = byte;
            match merge_slice(b"{}", &damaged, b"[]", &Rules::default()) {
                Ok(merged) => assert_eq!(merged.conflicts.len(), 1),
                Err(error) => {
                    assert_eq!((error.is_json(), error.input()), (true, Some(Input::Theirs)));
                    let (line, column) = (error.line().unwrap(), error.column().unwrap());
                    let text = String::from_utf8_lossy(&damaged).into_owned();
                    let row = text.split('\n').nth(line - 1).unwrap();
                    assert!(column <= row.chars().count() + 1);
                }
            }
        }
    }
}

#[test]
fn names_that_repeat_and_names_in_any_order() {
    let count = 100_000;
    let mut repeated = String::from("{");
    for _ in 0..count {
        repeated.push_str(r#""a":1,"\u0061":2,"#);
    }
    let theirs = format!(r#"{repeated}"b":1}}"#);
    let mine = format!(r#"{repeated}"a":3}}"#);
    let merged = merge_json(r#"{"a":2}"#, &theirs, &mine, &Rules::default()).unwrap();
    assert_eq!(merged.value, r#"{"\u0061":3,"b":1}"#);

    let object = |first: &str, order: &mut dyn Iterator<Item = usize>, plus: usize| {
        let mut text = format!("{{{first}");
        for at in order {
            let comma = if text.len() > 1 { "," } else { "" };
            let _ = write!(text, r#"{comma}"k{at}":{}"#, at + plus);
        }
        text + "}"
    };
    let base = object("", &mut (0..count), 0);
    let theirs = object(r#""new":1"#, &mut (0..count).rev(), 0);
    let mine = object("", &mut (0..count).map(|at| at * 7919 % count), 1);
    let merged = merge_json(&base, &theirs, &mine, &Rules::default()).unwrap();
    assert_eq!(merged.value, object(r#""new":1"#, &mut (0..count).rev(), 1));
}

#[test]
fn names_that_repeat_do_not_hide_what_is_malformed() {
    let repeated = r#"{"a":1,"a":2}"#;
    for malformed in
        [r#"{"a":1,"a":2"#, r#"{"a":1,"a":2}}"#, r#"{"a":1,"a":2,"b":[}"#, r#"{"a":1,"a":x}"#]
    {
        let place = |input: Input| {
            let side = |side| if side == input { malformed } else { repeated };
            let [base, theirs, mine] = [Input::Base, Input::Theirs, Input::Mine].map(side);
            let error = merge_json(base, theirs, mine, &Rules::default()).unwrap_err();
            assert_eq!((error.is_json(), error.input()), (true, Some(input)), "{malformed}");
            (error.line(), error.column())
        };
        assert_eq!(place(Input::Base), place(Input::Mine));
        assert_eq!(place(Input::Base), place(Input::Theirs));
    }
}

/// A list of numbers.
fn list(numbers: impl IntoIterator<Item = usize>) -> Value {
    numbers.into_iter().collect()
}

#[test]
fn lists_beyond_the_bound_of_alignment() {
    let rules = Rules::default();
    // Theirs replaces this many elements on each side of one that all keep; mine inserts one behind
    // it.
    let triple = |replaced: usize| {
        let length = 2 * replaced + 1;
        let base = list(0..length + 3);
        let kept = |at: usize| at == replaced || at >= length;
        let theirs = list((0..length + 3).map(|at| if kept(at) { at } else { at + 100_000 }));
        let mine = list((0..=replaced).chain([7_000_000]).chain(replaced + 1..length + 3));
        merge(&base, &theirs, &mine, &rules).unwrap()
    };
    // 2 × 128 replaced elements are 512 edits.
    let merged = triple(128);
    assert!(merged.conflicts.is_empty());
    assert_eq!(merged.value[129], 7_000_000);
    let merged = triple(129);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].base.as_ref().unwrap().as_array().unwrap().len(), 259);

    // Everything replaced on both sides, between common ends.
    let long = |from: usize| list([1].into_iter().chain(from..from + 20_000).chain([2]));
    let merged = merge(&long(10), &long(50_000), &long(100_000), &rules).unwrap();
    assert_eq!(merged.value, long(100_000));
    assert_eq!(merged.conflicts.len(), 1);
    let text = |from| long(from).to_string();
    let merged = merge_json(&text(10), &text(50_000), &text(100_000), &rules).unwrap();
    assert_eq!(merged.value, text(100_000));
}

#[test]
fn patterns_that_match_in_many_ways() {
    let mut rules = json!({"/**/**/**/a/**/a/**/**": "atomic", "/*a*a*a*a*a*a*a*b": "atomic"});
    for stars in 0..40 {
        rules[format!("/**{}/a", "/*/**".repeat(stars))] = json!("counter");
    }
    let rules = Rules::new(&rules).unwrap();
    let name = "a".repeat(100_000);
    let wide =
        |value: u8| format!(r#"{{"{name}":{value},"n":{}}}"#, nested(r#"{"a":"#, "}", 100, "1"));
    let merged = merge_json(&wide(1), &wide(2), &wide(3), &rules).unwrap();
    assert_eq!(merged.conflicts.len(), 1);
}

#[test]
fn a_list_that_nearly_repeats_itself_everywhere() {
    let zeros = |count: usize| "0,".repeat(count);
    let count = 100_000;
    let base = format!("[{}1]", zeros(count));
    let theirs = format!("[7,{}8]", zeros(2 * count));
    let mine = format!("[9,{}10]", zeros(2 * count));
    let merged = merge_json(&base, &theirs, &mine, &Rules::default()).unwrap();
    assert_eq!(merged.conflicts.len(), 1);
}
