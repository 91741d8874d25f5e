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

#[test]
fn arrays_are_alike_by_their_elements() {
    let arena = Arena::with_capacity(0);
    let model = Text::new(&arena);
    let [a, respelled, float, shorter, other] =
        ["[1.0,2]", "[ 1.00, 2 ]", "[1,2]", "[1.0]", "[1.0,3]"].map(Node);
    let answers = |b: Node<'static>| (model.same(&a, &b).unwrap(), model.equal(&a, &b).unwrap());
    assert_eq!(answers(respelled), (true, true));
    assert_eq!(answers(float), (false, true));
    assert_eq!(answers(shorter), (false, false));
    assert_eq!(answers(other), (false, false));
}
