//! What a rule set is made of: plain data, from a [`Value`] or from text.
//!
//! Documents are read by the crate's own reader, so the text of rule sets is too: a WebAssembly
//! module then needs no other reader, and no map of values.

use serde_json::{Number, Value};

use super::RulesError;
use crate::model::{self, Kind, Model};
use crate::text::{Node, Syntax, Text, TextError, room};

/// Rules are nested by `root` alone; what is deeper was not written by hand.
const MAX_DEPTH: usize = 128;

/// A part of a rule set.
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Json>),
    Object(Members),
}

/// The members of an object, in the order of their names: what is refused first does not depend on
/// how a rule set was written down.
#[derive(Default)]
pub(super) struct Members(Vec<(String, Json)>);

impl Members {
    /// Of a repeated name the last counts.
    fn insert(&mut self, name: String, member: Json) {
        let at = self.0.partition_point(|(known, _)| *known < name);
        match self.0.get_mut(at) {
            Some((known, first)) if *known == name => *first = member,
            _ => self.0.insert(at, (name, member)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Json)> {
        self.0.iter().map(|(name, member)| (name, member))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.iter().find(|(known, _)| *known == name).map(|(_, member)| member)
    }

    /// The one member, if there are no others.
    pub(super) fn only(&self) -> Option<(&str, &Json)> {
        match self.0.as_slice() {
            [(name, member)] => Some((name, member)),
            _ => None,
        }
    }
}

impl Json {
    /// # Errors
    /// Where the value is nested too deep.
    pub(super) fn from_value(value: &Value) -> Result<Self, RulesError> {
        of_value(value, MAX_DEPTH).ok_or_else(too_deep)
    }

    /// # Errors
    /// Where the text is not JSON, is nested too deep, or holds what no [`Value`] can carry.
    pub(super) fn read(json: &str) -> Result<Self, RulesError> {
        let node = Node::read(json, MAX_DEPTH).map_err(|syntax| match syntax {
            Syntax::Malformed { line, column, expected } => RulesError::new(
                "",
                format!("not JSON: expected {expected} at line {line} column {column}"),
            ),
            Syntax::TooDeep { .. } => too_deep(),
        })?;
        let room = room();
        match Self::of_node(&Text::new(&room), &node) {
            Ok(Some(json)) => Ok(json),
            _ => Err(RulesError::new("", "a lone surrogate, or a number that is none")),
        }
    }

    fn of_node<'a>(model: &Text<'a>, node: &Node<'a>) -> Result<Option<Self>, TextError> {
        let string = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        Ok(match model.kind(node)? {
            Kind::Null => Some(Self::Null),
            Kind::Bool => Some(Self::Bool(model.label(node)?.is_some_and(|text| text == b"true"))),
            Kind::Number => model.number(node)?.and_then(number).map(Self::Number),
            Kind::String => string(&model.string(node)?).map(Self::String),
            Kind::Object => {
                let mut members = Members::default();
                for (name, member) in node.members() {
                    let (Some(name), Some(member)) =
                        (string(&name), Self::of_node(model, &member)?)
                    else {
                        return Ok(None);
                    };
                    members.insert(name, member);
                }
                Some(Self::Object(members))
            }
            _ => {
                let mut elements = Vec::new();
                for element in model.elements(node)? {
                    let Some(element) = Self::of_node(model, &element)? else {
                        return Ok(None);
                    };
                    elements.push(element);
                }
                Some(Self::Array(elements))
            }
        })
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }
}

/// What a value holds, in so many containers at the most; `None` if it is nested deeper.
fn of_value(value: &Value, depth: usize) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(boolean) => Json::Bool(*boolean),
        Value::Number(number) => Json::Number(number.clone()),
        Value::String(text) => Json::String(text.clone()),
        Value::Array(elements) => {
            let depth = depth.checked_sub(1)?;
            let elements = elements.iter().map(|element| of_value(element, depth));
            Json::Array(elements.collect::<Option<_>>()?)
        }
        Value::Object(members) => {
            let depth = depth.checked_sub(1)?;
            let mut known = Members::default();
            for (name, member) in members {
                known.insert(name.clone(), of_value(member, depth)?);
            }
            Json::Object(known)
        }
    })
}

fn too_deep() -> RulesError {
    RulesError::new("", "nested too deep")
}

/// A number as `serde_json` has it.
#[expect(clippy::cast_precision_loss, reason = "beyond 64 bits it has the nearest double")]
fn number(number: model::Number) -> Option<Number> {
    match number {
        model::Number::Integer(integer) => {
            Number::from_i128(integer).or_else(|| Number::from_f64(integer as f64))
        }
        model::Number::Wide(double) | model::Number::Double(double) => Number::from_f64(double),
    }
}
