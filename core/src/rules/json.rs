//! A rule set's text as a value.
//!
//! Documents are read by the crate's own reader, so rule sets are too: a WebAssembly module then
//! needs no other.

use serde_json::{Map, Number as JsonNumber, Value};
use typed_arena::Arena;

use super::RulesError;
use crate::model::{Joined, Kind, Model, Number};
use crate::text::{Node, Syntax, Text, TextError};

/// Rules are nested by `root` alone; what is deeper was not written by hand.
const MAX_DEPTH: usize = 128;

pub(super) fn value(json: &str) -> Result<Value, RulesError> {
    let node = Node::read(json, MAX_DEPTH).map_err(|syntax| match syntax {
        Syntax::Malformed { line, column, expected } => {
            let reason = format!("not JSON: expected {expected} at line {line} column {column}");
            RulesError::new("", reason)
        }
        Syntax::TooDeep { .. } => RulesError::new("", "nested too deep"),
    })?;
    let arena = Arena::with_capacity(0);
    match plain(&Text::new(&arena), &node) {
        Ok(Some(value)) => Ok(value),
        _ => Err(RulesError::new("", "a lone surrogate, or a number that is none")),
    }
}

/// `None` where it holds what a [`Value`] cannot carry.
fn plain<'a>(model: &Text<'a>, node: &Node<'a>) -> Result<Option<Value>, TextError> {
    let string = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    Ok(match model.kind(node)? {
        Kind::Null => Some(Value::Null),
        Kind::Bool => Some(Value::Bool(model.label(node)?.is_some_and(|text| text == b"true"))),
        Kind::Number => model.number(node)?.and_then(number).map(Value::Number),
        Kind::String => string(&model.string(node)?).map(Value::String),
        Kind::Object => {
            let mut members = Map::new();
            for joined in model.join(None, node, node, true)? {
                if let Joined::Member { key, mine: Some(member), .. } = joined {
                    let name = string(&model.name(&key)?);
                    let (Some(name), Some(member)) = (name, plain(model, &member)?) else {
                        return Ok(None);
                    };
                    members.insert(name, member);
                }
            }
            Some(Value::Object(members))
        }
        _ => {
            let mut elements = Vec::new();
            for element in model.elements(node)? {
                let Some(element) = plain(model, &element)? else {
                    return Ok(None);
                };
                elements.push(element);
            }
            Some(Value::Array(elements))
        }
    })
}

/// A number as `serde_json` has it.
#[expect(clippy::cast_precision_loss, reason = "beyond 64 bits it has the nearest double")]
fn number(number: Number) -> Option<JsonNumber> {
    match number {
        Number::Integer(integer) => {
            JsonNumber::from_i128(integer).or_else(|| JsonNumber::from_f64(integer as f64))
        }
        Number::Wide(double) | Number::Double(double) => JsonNumber::from_f64(double),
    }
}
