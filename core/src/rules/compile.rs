//! From a rule set's JSON to a trie of patterns.

use serde_json::Number;

use super::json::{Json, Members};
use super::pattern::{Pattern, Segment};
use super::resolver::Resolver;
use super::{Choice, Delete, Mode, Rule, RulesError};
use crate::double::print_bound;

/// Nested deeper than this, a document is refused unless the rules say otherwise.
const DEFAULT_MAX_DEPTH: usize = 128;
/// The largest `max_depth` that can be asked for: what fits the smallest stack the crate is used
/// on.
const LARGEST_MAX_DEPTH: usize = 1024;

/// A rule set ready for walking.
pub(super) struct Compiled {
    /// In the order of specificity.
    pub(super) rules: Vec<(Pattern, Rule)>,
    pub(super) groups: Vec<Group>,
    pub(super) nodes: Vec<Node>,
    pub(super) max_depth: usize,
}

/// Members of one object that are decided together.
#[derive(Clone)]
pub(crate) struct Group {
    pub(super) parent: Pattern,
    pub(super) members: Vec<Segment>,
}

impl Group {
    /// Whether a member of this name belongs to the group.
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.members.iter().any(|member| member.matches(name))
    }
}

/// A node of the trie: everything before it has matched.
#[derive(Default)]
pub(super) struct Node {
    edges: Vec<(Segment, u32)>,
    /// Where `**` leads.
    pub(super) deep: Option<u32>,
    /// Reached by `**`: stays reached whatever follows.
    pub(super) is_deep: bool,
    /// The pattern that ends here.
    pub(super) ends: Option<usize>,
    /// The groups whose parent's pattern ends here.
    pub(super) groups: Vec<usize>,
}

impl Node {
    /// Whether anything below could match, or members are decided together.
    pub(super) fn leads_on(&self) -> bool {
        self.is_deep || !self.edges.is_empty() || !self.groups.is_empty()
    }

    pub(super) fn literal_or_glob(&self, name: &[u8], enter: &mut dyn FnMut(u32)) {
        for (_, next) in self.edges.iter().filter(|(segment, _)| segment.matches(name)) {
            enter(*next);
        }
    }

    pub(super) fn any_element(&self, enter: &mut dyn FnMut(u32)) {
        for (_, next) in self.edges.iter().filter(|(segment, _)| segment.matches_elements()) {
            enter(*next);
        }
    }
}

impl Default for Compiled {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            groups: Vec::new(),
            nodes: Vec::new(),
            max_depth: DEFAULT_MAX_DEPTH,
        }
        .linked()
    }
}

impl Compiled {
    pub(super) const ROOT: u32 = 0;

    pub(super) fn new(rules: &Json, resolvers: Vec<Resolver>) -> Result<Self, RulesError> {
        let Json::Object(entries) = rules else {
            return Err(RulesError::new("", "a rule set is an object"));
        };
        let reader = Reader { resolvers };
        let mut compiled = Self::default();
        // What the options say of the root, where its own pattern does not.
        let mut options = Rule::default();
        for (key, value) in entries.iter() {
            let refused = |reason| RulesError::new(key, reason);
            if key.is_empty() || key.starts_with('/') {
                let pattern = Pattern::parse(key).map_err(|reason| refused(reason.to_owned()))?;
                compiled.rules.push((pattern, reader.rule(value).map_err(refused)?));
                continue;
            }
            match key.as_str() {
                "conflict" => options.conflict = Some(reader.choice(value).map_err(refused)?),
                "delete" => options.delete = Some(delete(value).map_err(refused)?),
                "max_depth" => {
                    compiled.max_depth =
                        count(value).filter(|&depth| depth <= LARGEST_MAX_DEPTH).ok_or_else(
                            || refused(format!("an integer from 1 to {LARGEST_MAX_DEPTH}")),
                        )?;
                }
                "groups" => compiled.groups = groups(value)?,
                _ => return Err(refused("unknown option".to_owned())),
            }
        }
        if options.conflict.is_some() || options.delete.is_some() {
            let root = compiled.rule_mut(Pattern::root());
            root.conflict = root.conflict.take().or(options.conflict);
            root.delete = root.delete.or(options.delete);
        }
        Ok(compiled.linked())
    }

    /// The rule of a pattern, an empty one if there is none so far.
    fn rule_mut(&mut self, pattern: Pattern) -> &mut Rule {
        let known = self.rules.iter().position(|(known, _)| known.text == pattern.text);
        let index = known.unwrap_or_else(|| {
            self.rules.push((pattern, Rule::default()));
            self.rules.len() - 1
        });
        &mut self.rules[index].1
    }

    pub(super) fn with_resolver(
        &self,
        pattern: &str,
        resolver: Resolver,
    ) -> Result<Self, RulesError> {
        let parsed = Pattern::parse(pattern).map_err(|reason| RulesError::new(pattern, reason))?;
        let mut compiled = Self {
            rules: self.rules.clone(),
            groups: self.groups.clone(),
            nodes: Vec::new(),
            max_depth: self.max_depth,
        };
        compiled.rule_mut(parsed).conflict = Some(Choice::Resolver(resolver));
        Ok(compiled.linked())
    }

    pub(super) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|(pattern, _)| pattern.text.as_str())
    }

    /// Puts the patterns in their order and makes their trie.
    fn linked(mut self) -> Self {
        // One by one: rules are few, and a sort is a kilobyte of a WebAssembly module.
        for (pattern, rule) in std::mem::take(&mut self.rules) {
            let comes_before = |(known, _): &(Pattern, Rule)| known.specificity(&pattern).is_lt();
            let at = self.rules.partition_point(comes_before);
            self.rules.insert(at, (pattern, rule));
        }
        self.nodes = vec![Node::default()];
        for index in 0..self.rules.len() {
            let end = path(&mut self.nodes, &self.rules[index].0.segments);
            self.nodes[end].ends = Some(index);
        }
        for (index, group) in self.groups.iter().enumerate() {
            let end = path(&mut self.nodes, &group.parent.segments);
            self.nodes[end].groups.push(index);
        }
        self
    }
}

/// The node at the end of these segments, made where it is not there.
fn path(nodes: &mut Vec<Node>, segments: &[Segment]) -> usize {
    let mut at = 0;
    for segment in segments {
        let known = match segment {
            Segment::Deep => nodes[at].deep,
            _ => nodes[at].edges.iter().find(|(edge, _)| edge == segment).map(|&(_, next)| next),
        };
        at = if let Some(next) = known {
            next as usize
        } else {
            let next = nodes.len();
            let index = u32::try_from(next).unwrap_or(u32::MAX);
            nodes.push(Node { is_deep: *segment == Segment::Deep, ..Node::default() });
            match segment {
                Segment::Deep => nodes[at].deep = Some(index),
                _ => nodes[at].edges.push((segment.clone(), index)),
            }
            next
        };
    }
    at
}

/// Reads rules; the reasons it refuses with get their pattern from the caller.
struct Reader {
    resolvers: Vec<Resolver>,
}

impl Reader {
    fn rule(&self, value: &Json) -> Result<Rule, String> {
        match value {
            Json::String(short) => self.short(short),
            Json::Object(fields) => self.fields(fields),
            _ => Err("a rule is a string or an object".to_owned()),
        }
    }

    /// A string stands for one field, `fail` for two.
    fn short(&self, short: &str) -> Result<Rule, String> {
        if short == "fail" {
            return Ok(Rule {
                mode: None,
                conflict: Some(Choice::Fail),
                delete: Some(Delete::Fail),
            });
        }
        if let Some(conflict) = winner(short) {
            return Ok(Rule { conflict: Some(conflict), ..Rule::default() });
        }
        match self.mode(short, &Members::default()) {
            Err(Refusal::UnknownMode) => Err(format!("\"{short}\" is no mode and no winner")),
            Err(Refusal::Parameters(reason)) => Err(reason),
            Ok(mode) => Ok(Rule { mode: Some(mode), ..Rule::default() }),
        }
    }

    fn fields(&self, fields: &Members) -> Result<Rule, String> {
        let mode = match fields.get("merge") {
            None => None,
            Some(Json::String(name)) => match self.mode(name, fields) {
                Ok(mode) => Some(mode),
                Err(Refusal::UnknownMode) => return Err(format!("unknown mode \"{name}\"")),
                Err(Refusal::Parameters(reason)) => return Err(reason),
            },
            Some(_) => return Err("`merge` is the name of a mode".to_owned()),
        };
        for (key, _) in fields.iter() {
            let belongs = match key.as_str() {
                "merge" | "conflict" | "delete" => true,
                "min" | "max" => matches!(mode, Some(Mode::Counter { .. })),
                "limit" | "unique" => matches!(mode, Some(Mode::Append { .. })),
                "key" => matches!(mode, Some(Mode::Keyed { .. })),
                "root" => matches!(mode, Some(Mode::Embedded { .. })),
                _ => return Err(format!("unknown key \"{key}\"")),
            };
            if !belongs {
                return Err(format!("`{key}` belongs to another mode"));
            }
        }
        Ok(Rule {
            mode,
            conflict: fields.get("conflict").map(|value| self.choice(value)).transpose()?,
            delete: fields.get("delete").map(delete).transpose()?,
        })
    }

    fn mode(&self, name: &str, parameters: &Members) -> Result<Mode, Refusal> {
        let parameter = |key: &str| parameters.get(key);
        Ok(match name {
            "deep" => Mode::Deep,
            "atomic" => Mode::Atomic,
            "set" => Mode::Set,
            "ordered" => Mode::Ordered,
            "text" => Mode::Text,
            "counter" => {
                let min = parameter("min").map(|value| bound("min", value)).transpose()?;
                let max = parameter("max").map(|value| bound("max", value)).transpose()?;
                if let (Some(low), Some(high)) = (&min, &max)
                    && let (Some(low), Some(high)) = (print_bound(low), print_bound(high))
                    && crate::number::compare(&low, &high) == Some(std::cmp::Ordering::Greater)
                {
                    return Err(Refusal::because("`min` is above `max`"));
                }
                Mode::Counter { min, max }
            }
            "append" => {
                let limit = parameter("limit").map(|value| {
                    count(value)
                        .ok_or_else(|| Refusal::because("`limit` is an integer of 1 or more"))
                });
                let unique = parameter("unique").map(|value| match value {
                    Json::Bool(unique) => Ok(*unique),
                    _ => Err(Refusal::because("`unique` is true or false")),
                });
                Mode::Append {
                    limit: limit.transpose()?,
                    unique: unique.transpose()?.unwrap_or(false),
                }
            }
            "keyed" => {
                let fields = match parameter("key") {
                    None => return Err(Refusal::because("`keyed` needs a `key`")),
                    Some(Json::String(field)) => Some(vec![field.clone()]),
                    Some(Json::Array(fields)) => {
                        fields.iter().map(|field| field.as_str().map(str::to_owned)).collect()
                    }
                    Some(_) => None,
                };
                match fields {
                    Some(fields) if !fields.is_empty() => Mode::Keyed { fields },
                    _ => return Err(Refusal::because("`key` is a name or a list of names")),
                }
            }
            "embedded" => {
                let root = parameter("root").map(|value| {
                    self.rule(value)
                        .map_err(|reason| Refusal::Parameters(format!("`root`: {reason}")))
                });
                Mode::Embedded { root: Box::new(root.transpose()?.unwrap_or_default()) }
            }
            _ => return Err(Refusal::UnknownMode),
        })
    }

    fn choice(&self, value: &Json) -> Result<Choice, String> {
        const REFUSED: &str =
            "`conflict` is mine, theirs, base, max, min, fail or {\"latest\": field}";
        match value {
            Json::String(name) if name == "fail" => Ok(Choice::Fail),
            Json::String(name) => winner(name).ok_or_else(|| REFUSED.to_owned()),
            Json::Object(fields) => match fields.only() {
                Some(("latest", Json::String(field))) => Ok(Choice::Latest(field.clone())),
                Some(("resolver", index @ Json::Number(_))) => index
                    .as_u64()
                    .and_then(|index| self.resolvers.get(usize::try_from(index).ok()?))
                    .map(|resolver| Choice::Resolver(resolver.clone()))
                    .ok_or_else(|| "there is no such resolver".to_owned()),
                _ => Err(REFUSED.to_owned()),
            },
            _ => Err(REFUSED.to_owned()),
        }
    }
}

/// Why a mode was not made.
enum Refusal {
    UnknownMode,
    Parameters(String),
}

impl Refusal {
    fn because(reason: &str) -> Self {
        Self::Parameters(reason.to_owned())
    }
}

fn winner(name: &str) -> Option<Choice> {
    Some(match name {
        "mine" => Choice::Mine,
        "theirs" => Choice::Theirs,
        "base" => Choice::Base,
        "max" => Choice::Max,
        "min" => Choice::Min,
        _ => return None,
    })
}

fn delete(value: &Json) -> Result<Delete, String> {
    Ok(match value.as_str() {
        Some("wins") => Delete::Wins,
        Some("loses") => Delete::Loses,
        Some("fail") => Delete::Fail,
        Some("empties") => Delete::Empties,
        _ => return Err("`delete` is wins, loses, fail or empties".to_owned()),
    })
}

fn bound(key: &str, value: &Json) -> Result<Number, Refusal> {
    match value {
        Json::Number(number) => Ok(number.clone()),
        _ => Err(Refusal::Parameters(format!("`{key}` is a number"))),
    }
}

/// An integer of 1 or more.
fn count(value: &Json) -> Option<usize> {
    value
        .as_u64()
        .filter(|&count| count >= 1)
        .map(|count| usize::try_from(count).unwrap_or(usize::MAX))
}

/// Reads groups: lists of member pointers, each list under one parent, no member in two.
fn groups(value: &Json) -> Result<Vec<Group>, RulesError> {
    let whole = |reason: &str| RulesError::new("groups", reason);
    let lists = value.as_array().ok_or_else(|| whole("a list of lists of patterns"))?;
    let mut seen: Vec<Vec<Segment>> = Vec::new();
    let mut groups = Vec::with_capacity(lists.len());
    for list in lists {
        let mut parent: Option<Pattern> = None;
        let mut members = Vec::new();
        let texts = list.as_array().ok_or_else(|| whole("a group is a list of patterns"))?;
        for text in texts {
            let text = text.as_str().ok_or_else(|| whole("a group's member is a pattern"))?;
            let refused = |reason: &str| RulesError::new(text, reason);
            let mut pattern = Pattern::parse(text).map_err(refused)?;
            if seen.contains(&pattern.segments) {
                return Err(refused("a member of two groups, or twice of one"));
            }
            seen.push(pattern.segments.clone());
            match pattern.segments.pop() {
                None | Some(Segment::Deep) => return Err(refused("a group's member has a name")),
                Some(member) => members.push(member),
            }
            let known = parent.get_or_insert_with(|| pattern.clone());
            if known.segments != pattern.segments {
                return Err(refused("the members of a group share one parent"));
            }
        }
        let parent = parent.ok_or_else(|| whole("a group has members"))?;
        groups.push(Group { parent, members });
    }
    Ok(groups)
}
