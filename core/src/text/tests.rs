use super::*;

#[test]
fn digests_tell_values_apart_that_are_not_equal() {
    let arena = Arena::with_capacity(0);
    let model = Text::new(&arena);
    let digest = |json: &'static str| model.digest(&Node(json)).unwrap();
    let values = [
        "null",
        "true",
        "false",
        "1",
        "2",
        r#""a""#,
        r#""b""#,
        "[0]",
        "[1]",
        "[0,1]",
        "[1,0]",
        r#"{"a":1}"#,
        r#"{"a":2}"#,
        r#"{"b":1}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":"a"}"#,
    ];
    let digests: std::collections::HashSet<_> = values.map(digest).into();
    assert_eq!(digests.len(), values.len());
    assert_eq!(digest(r#"{"a":1,"\u0062":[ 2.0 ]}"#), digest(r#"{"b":[2],"a":0,"a" : 1e0}"#));
}
