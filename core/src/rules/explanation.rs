//! What the rules say of one place, and which pattern says it: for people, not for the walk.
//!
//! The walk goes down a trie and remembers no pattern. Here each prefix of a pointer is held
//! against every pattern, which is slower and tells more.

use serde_json::{Value, json};

use super::compile::Compiled;
use super::pattern::{Pattern, Segment};
use super::{Choice, Delete, Mode, Rule};
use crate::pointer::Pointer;

/// What holds at one place: see [`Rules::explain`](super::Rules::explain).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// How values that both sides changed are merged.
    pub merge: Said,
    /// Who wins a conflict.
    pub conflict: Said,
    /// What holds when one side deleted what the other changed.
    pub delete: Said,
    /// The members, as patterns, of the group that the place belongs to or lies in; the group then
    /// decides, and the rest is not asked.
    pub group: Option<Vec<String>>,
}

/// One thing that the rules say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Said {
    /// As a rule set has it: `"counter"`, or `{"merge": "keyed", "key": ["sku"]}`. A function is
    /// `{"resolver": n}`, with its [tag](crate::Resolver::tag).
    pub value: Value,
    /// The pattern that says so, which may be that of a place above; the options are the root's,
    /// whose pattern is empty. `None` where no pattern does.
    pub pattern: Option<String>,
}

/// One step of a path: an element of a list that has no names fits `*` only.
enum Step {
    Name(Vec<u8>),
    Element,
}

impl Step {
    fn fits(&self, segment: &Segment) -> bool {
        match self {
            Self::Name(name) => segment.matches(name),
            Self::Element => segment.matches_elements(),
        }
    }
}

impl Compiled {
    pub(super) fn explain(&self, pointer: &Pointer) -> Explanation {
        let names = names(pointer);
        let mut path = Vec::with_capacity(names.len());
        let mut here = Here::root();
        let mut group = None;
        self.settle(&mut here, &path);
        for name in names {
            group = group.or_else(|| self.group(&path, &name));
            here.enter_embedded();
            path.push(if here.names_elements() { Step::Name(name) } else { Step::Element });
            self.settle(&mut here, &path);
        }
        Explanation {
            merge: said(here.mode, mode_value),
            conflict: said(here.conflict, choice_value),
            delete: said(here.delete, |delete| Value::from(delete_name(*delete))),
            group,
        }
    }

    /// Takes each field from the most specific pattern that fits the path and sets it.
    fn settle<'r>(&'r self, here: &mut Here<'r>, path: &[Step]) {
        here.mode = (&Mode::Deep, None);
        let fits = |pattern: &Pattern| matches(&pattern.segments, path);
        // They are kept in the order of specificity: the last word is the most specific one's.
        for (pattern, rule) in self.rules.iter().rev().filter(|(pattern, _)| fits(pattern)) {
            here.take(rule, Some(&pattern.text));
        }
    }

    /// The members of the group that a member of this name belongs to.
    fn group(&self, parent: &[Step], name: &[u8]) -> Option<Vec<String>> {
        let decides = |group: &&super::compile::Group| {
            matches(&group.parent.segments, parent) && group.contains(name)
        };
        let group = self.groups.iter().find(decides)?;
        let above: String = group.parent.segments.iter().map(pattern_text).collect();
        Some(group.members.iter().map(|member| above.clone() + &pattern_text(member)).collect())
    }
}

/// What holds at the place that the explanation has come to, each with the pattern that says so.
struct Here<'r> {
    mode: (&'r Mode, Option<&'r str>),
    conflict: (&'r Choice, Option<&'r str>),
    delete: (&'r Delete, Option<&'r str>),
}

impl<'r> Here<'r> {
    fn root() -> Self {
        Self {
            mode: (&Mode::Deep, None),
            conflict: (&Choice::Mine, None),
            delete: (&Delete::Wins, None),
        }
    }

    fn take(&mut self, rule: &'r Rule, pattern: Option<&'r str>) {
        self.mode = rule.mode.as_ref().map_or(self.mode, |mode| (mode, pattern));
        self.conflict = rule.conflict.as_ref().map_or(self.conflict, |choice| (choice, pattern));
        self.delete = rule.delete.as_ref().map_or(self.delete, |delete| (delete, pattern));
    }

    /// Below an embedded string is a document, whose root has a rule of its own.
    fn enter_embedded(&mut self) {
        while let (Mode::Embedded { root }, pattern) = self.mode {
            self.mode = (&Mode::Deep, pattern);
            self.take(root, pattern);
        }
    }

    /// Whether what is below has names. (Under `deep` it may be a list, which a pointer does not
    /// tell.)
    fn names_elements(&self) -> bool {
        !matches!(self.mode.0, Mode::Ordered | Mode::Append { .. } | Mode::Set)
    }
}

/// Whether a pattern fits a whole path.
///
/// Where it does not fit, the last `**` takes in one step more. Those before it need no second try:
/// whatever they could leave to the last one, it can take in itself. So the time is at most the
/// product of the two lengths, which a document chosen to hurt cannot change.
fn matches(segments: &[Segment], path: &[Step]) -> bool {
    let (mut segment, mut step) = (0, 0);
    let mut last_deep = None;
    loop {
        match (segments.get(segment), path.get(step)) {
            (None, None) => return true,
            (Some(Segment::Deep), _) => {
                segment += 1;
                last_deep = Some((segment, step));
            }
            (Some(pattern), Some(name)) if name.fits(pattern) => {
                (segment, step) = (segment + 1, step + 1);
            }
            _ => match last_deep {
                Some((behind, from)) if from < path.len() => {
                    (segment, step) = (behind, from + 1);
                    last_deep = Some((segment, step));
                }
                _ => return false,
            },
        }
    }
}

/// The unescaped segments of a pointer.
fn names(pointer: &Pointer) -> Vec<Vec<u8>> {
    let unescaped = |segment: &[u8]| {
        let mut name = Vec::with_capacity(segment.len());
        let mut bytes = segment.iter();
        while let Some(&byte) = bytes.next() {
            name.push(match byte {
                // A pointer is escaped when it is made: the next is 0 or 1.
                b'~' if bytes.next() == Some(&b'1') => b'/',
                byte => byte,
            });
        }
        name
    };
    pointer.as_bytes().split(|&byte| byte == b'/').skip(1).map(unescaped).collect()
}

/// A segment as a pattern spells it, with the slash before it.
fn pattern_text(segment: &Segment) -> String {
    let escaped = |bytes: &Vec<u8>| {
        let text = String::from_utf8_lossy(bytes);
        text.replace('~', "~0").replace('/', "~1").replace('*', "~2")
    };
    match segment {
        Segment::Literal(name) => format!("/{}", escaped(name)),
        Segment::Glob(pieces) => {
            format!("/{}", pieces.iter().map(escaped).collect::<Vec<_>>().join("*"))
        }
        Segment::Deep => "/**".to_owned(),
    }
}

fn said<T>((said, pattern): (&T, Option<&str>), value: impl Fn(&T) -> Value) -> Said {
    Said { value: value(said), pattern: pattern.map(str::to_owned) }
}

fn mode_value(mode: &Mode) -> Value {
    let mut parameters = serde_json::Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        parameters.extend(value.map(|value| (name.to_owned(), value)));
    };
    let name = match mode {
        Mode::Deep => "deep",
        Mode::Atomic => "atomic",
        Mode::Set => "set",
        Mode::Ordered => "ordered",
        Mode::Text => "text",
        Mode::Counter { min, max } => {
            set("min", min.clone().map(Value::Number));
            set("max", max.clone().map(Value::Number));
            "counter"
        }
        Mode::Append { limit, unique } => {
            set("limit", limit.map(Value::from));
            set("unique", unique.then_some(Value::Bool(true)));
            "append"
        }
        Mode::Keyed { fields } => {
            set("key", Some(json!(fields)));
            "keyed"
        }
        Mode::Embedded { root } => {
            set("root", rule_value(root));
            "embedded"
        }
    };
    if parameters.is_empty() {
        return Value::from(name);
    }
    parameters.insert("merge".to_owned(), Value::from(name));
    Value::Object(parameters)
}

/// A rule in full; `None` for one that says nothing.
fn rule_value(rule: &Rule) -> Option<Value> {
    let mut fields = match rule.mode.as_ref().map(mode_value) {
        Some(Value::Object(fields)) => fields,
        Some(name) => serde_json::Map::from_iter([("merge".to_owned(), name)]),
        None => serde_json::Map::new(),
    };
    fields.extend(rule.conflict.as_ref().map(|said| ("conflict".to_owned(), choice_value(said))));
    fields.extend(rule.delete.map(|said| ("delete".to_owned(), Value::from(delete_name(said)))));
    (!fields.is_empty()).then_some(Value::Object(fields))
}

fn choice_value(choice: &Choice) -> Value {
    match choice {
        Choice::Mine => Value::from("mine"),
        Choice::Theirs => Value::from("theirs"),
        Choice::Base => Value::from("base"),
        Choice::Max => Value::from("max"),
        Choice::Min => Value::from("min"),
        Choice::Fail => Value::from("fail"),
        Choice::Latest(field) => json!({ "latest": field }),
        Choice::Resolver(resolver) => json!({ "resolver": resolver.tag() }),
    }
}

fn delete_name(delete: Delete) -> &'static str {
    match delete {
        Delete::Wins => "wins",
        Delete::Loses => "loses",
        Delete::Fail => "fail",
        Delete::Empties => "empties",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Place, Rules};

    fn pointer(names: &[&str]) -> Pointer {
        let mut pointer = Pointer::root();
        for name in names {
            pointer.push(name.as_bytes());
        }
        pointer
    }

    fn explain(rules: &Value, names: &[&str]) -> Explanation {
        Rules::new(rules).unwrap().explain(&pointer(names))
    }

    #[test]
    fn each_field_names_its_own_pattern() {
        let rules = json!({
            "/a/*": {"merge": "keyed", "key": "id", "conflict": {"latest": "at"}},
            "/a/b": {"delete": "empties"},
            "/**": "atomic",
            "conflict": "base",
        });
        let said = explain(&rules, &["a", "b"]);
        assert_eq!(said.merge.value, json!({"merge": "keyed", "key": ["id"]}));
        assert_eq!(said.merge.pattern.as_deref(), Some("/a/*"));
        assert_eq!(said.conflict.value, json!({"latest": "at"}));
        assert_eq!(said.delete.value, json!("empties"));
        assert_eq!(said.delete.pattern.as_deref(), Some("/a/b"));
        let said = explain(&rules, &["a", "b", "c"]);
        assert_eq!(said.merge.pattern.as_deref(), Some("/**"));
        assert_eq!(said.conflict.pattern.as_deref(), Some("/a/*"), "inherited");
        let said = explain(&rules, &["x"]);
        assert_eq!(said.conflict.pattern.as_deref(), Some(""), "an option is the root's");
        assert_eq!(said.delete, Said { value: json!("wins"), pattern: None });
    }

    #[test]
    fn below_an_embedded_string_its_own_root_goes_first() {
        let root = json!({"merge": "append", "limit": 3, "unique": true, "conflict": "theirs"});
        let rules = json!({"/m": {"merge": "embedded", "root": root}, "/m/*": {"delete": "loses"}});
        let said = explain(&rules, &["m"]);
        assert_eq!(said.merge.value, json!({"merge": "embedded", "root": root}));
        assert_eq!(said.conflict.value, json!("mine"));
        let said = explain(&rules, &["m", "0"]);
        assert_eq!(
            (said.conflict.value, said.conflict.pattern),
            (json!("theirs"), Some("/m".into()))
        );
        assert_eq!(said.delete.value, json!("loses"));
    }

    #[test]
    fn groups_are_named_by_their_members() {
        let rules = json!({"groups": [["/**/a~1/~2x*", "/**/a~1/b"]]});
        let members = Some(vec!["/**/a~1/~2x*".to_owned(), "/**/a~1/b".to_owned()]);
        assert_eq!(explain(&rules, &["u", "a/", "*xyz"]).group, members);
        assert_eq!(explain(&rules, &["a/", "b", "below"]).group, members);
        assert_eq!(explain(&rules, &["a/"]).group, None);
    }

    #[test]
    fn elements_without_names_fit_stars_alone() {
        let rules = json!({"/l": "ordered", "/l/0": "atomic", "/l/*": "counter", "/d/0": "atomic"});
        assert_eq!(explain(&rules, &["l", "0"]).merge.value, json!("counter"));
        assert_eq!(explain(&rules, &["d", "0"]).merge.value, json!("atomic"));
    }

    #[test]
    fn a_deep_place_takes_no_time_that_grows_with_the_stars() {
        let pattern = "/**/a".repeat(20) + "/b";
        let rules = json!({pattern: "atomic"});
        assert_eq!(explain(&rules, &["a"; 127]).merge.value, json!("deep"));
        let below = [vec!["a"; 126], vec!["b"]].concat();
        assert_eq!(explain(&rules, &below).merge.value, json!("atomic"));
    }

    /// The place that the walk would come to.
    fn walked<'r>(rules: &'r Rules, names: &[&str]) -> Place<'r> {
        names.iter().fold(rules.root(), |place, name| {
            let below = match place.mode {
                Mode::Embedded { root } => place.embedded(root),
                _ => place,
            };
            match below.mode {
                Mode::Ordered | Mode::Append { .. } | Mode::Set => below.element(),
                _ => below.member(name.as_bytes()),
            }
        })
    }

    #[test]
    fn the_walk_says_the_same() {
        const PATTERNS: [&str; 15] = [
            "",
            "/a",
            "/*",
            "/**",
            "/a/b",
            "/a/*",
            "/*/b",
            "/**/b",
            "/a/**",
            "/**/a/**",
            "/a*",
            "/*/*/b",
            "/**/a/**/b",
            "/**/**/*",
            "/a/**/**/b/**",
        ];
        let said = [
            json!("counter"),
            json!({"conflict": "max"}),
            json!({"delete": "loses", "merge": "ordered"}),
            json!({"merge": "embedded", "root": {"conflict": "base", "delete": "empties"}}),
            json!({"merge": "embedded", "root": {"merge": "append"}}),
            json!("fail"),
        ];
        let paths: Vec<Vec<&str>> =
            (0..40).map(|n| ["a", "b", "0"].repeat(2)[n % 3..][..n % 4].to_vec()).collect();
        for seed in 0..1000_usize {
            let picked = (0..4).map(|n| (seed * (31 + n) + n * 7, seed / (1 + n) + n));
            let rules: serde_json::Map<_, _> = picked
                .map(|(at, rule)| {
                    (PATTERNS[at % PATTERNS.len()].to_owned(), said[rule % 6].clone())
                })
                .collect();
            let rules = Rules::new(&Value::Object(rules)).unwrap();
            for path in &paths {
                let (place, said) = (walked(&rules, path), rules.explain(&pointer(path)));
                assert_eq!(said.merge.value, mode_value(place.mode), "{rules:?} {path:?}");
                assert_eq!(said.conflict.value, choice_value(place.conflict), "{rules:?} {path:?}");
                assert_eq!(said.delete.value, delete_name(place.delete), "{rules:?} {path:?}");
            }
        }
    }
}
