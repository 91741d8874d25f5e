//! The data model over [`serde_json::Value`].
//!
//! It carries what `Value` carries: no NaN, no lone surrogates, and integers of 64 bits unless the
//! build has `serde_json`'s `arbitrary_precision`. A counter whose sum does not fit is a conflict,
//! as it is with any other sum that is out of bounds.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hasher, RandomState};

use serde_json::{Map, Value};
use typed_arena::Arena;

use crate::model::{Joined, Kind, Model, Number, Plan, PlannedMember};
use crate::number::{self, Computed};
use crate::pointer::Pointer;
use crate::rules::{BoxError, Resolver};

/// Documents as values.
pub(crate) struct Values<'a> {
    /// Values that the merge computed.
    arena: &'a Arena<Value>,
    hasher: RandomState,
}

/// What a caller's function failed with.
#[derive(Debug)]
pub(crate) struct ValueError(pub(crate) BoxError);

impl<'a> Values<'a> {
    pub(crate) fn new(arena: &'a Arena<Value>) -> Self {
        Self { arena, hasher: RandomState::new() }
    }
}

/// The pointer of the first container that is nested too deep.
pub(crate) fn too_deep(value: &Value, max_depth: usize) -> Option<Pointer> {
    fn search<'v>(value: &'v Value, left: usize, path: &mut Vec<Cow<'v, str>>) -> bool {
        match value {
            Value::Array(_) | Value::Object(_) if left == 0 => true,
            Value::Array(elements) => elements.iter().enumerate().any(|(index, element)| {
                // Scalars need no name: most elements are.
                (element.is_array() || element.is_object())
                    && below(index.to_string().into(), element, left, path)
            }),
            Value::Object(members) => {
                members.iter().any(|(name, member)| below(name.as_str().into(), member, left, path))
            }
            _ => false,
        }
    }
    fn below<'v>(
        name: Cow<'v, str>,
        value: &'v Value,
        left: usize,
        path: &mut Vec<Cow<'v, str>>,
    ) -> bool {
        path.push(name);
        let found = search(value, left - 1, path);
        if !found {
            path.pop();
        }
        found
    }
    let mut path = Vec::new();
    search(value, max_depth, &mut path).then(|| {
        let mut pointer = Pointer::root();
        for name in path {
            pointer.push(name.as_bytes());
        }
        pointer
    })
}

/// *Same*, or *equal* if an integer may be a float.
fn alike(a: &Value, b: &Value, strict: bool) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b
                || (!strict || a.is_f64() == b.is_f64())
                    && number::equal(&a.to_string(), &b.to_string())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b, strict))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| alike(a, b, strict)))
        }
        (Value::Array(_) | Value::Object(_) | Value::Number(_), _) => false,
        (a, b) => a == b,
    }
}

impl<'a> Model for Values<'a> {
    type Node = &'a Value;
    type Key = &'a str;
    type Run = Infallible;
    type Value = Value;
    type Error = ValueError;

    fn kind(&self, node: &&'a Value) -> Result<Kind, ValueError> {
        Ok(match node {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        })
    }

    fn same(&self, a: &&'a Value, b: &&'a Value) -> Result<bool, ValueError> {
        Ok(alike(a, b, true))
    }

    fn is_one(&self, a: &&'a Value, b: &&'a Value) -> bool {
        std::ptr::eq(*a, *b)
    }

    fn equal(&self, a: &&'a Value, b: &&'a Value) -> Result<bool, ValueError> {
        Ok(alike(a, b, false))
    }

    fn digest(&self, node: &&'a Value) -> Result<u64, ValueError> {
        fn hash(value: &Value, hasher: &RandomState) -> u64 {
            let mut state = hasher.build_hasher();
            match value {
                Value::Null => state.write_u8(0),
                Value::Bool(value) => state.write_u8(1 + u8::from(*value)),
                Value::Number(value) => number::hash(&value.to_string(), &mut state),
                Value::String(value) => state.write(value.as_bytes()),
                Value::Array(elements) => {
                    for element in elements {
                        state.write_u64(hash(element, hasher));
                    }
                }
                Value::Object(members) => {
                    // Members in another order make the same object: their hashes are added up.
                    let member = |(name, value)| hasher.hash_one((name, hash(value, hasher)));
                    state.write_u64(members.iter().map(member).fold(0, u64::wrapping_add));
                }
            }
            state.finish()
        }
        Ok(hash(node, &self.hasher))
    }

    fn order(&self, a: &&'a Value, b: &&'a Value) -> Result<Option<Ordering>, ValueError> {
        Ok(match (a, b) {
            (Value::Number(a), Value::Number(b)) => number::compare(&a.to_string(), &b.to_string()),
            (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
            _ => None,
        })
    }

    fn number(&self, node: &&'a Value) -> Result<Option<Number>, ValueError> {
        Ok(match node {
            Value::Number(number) => Number::from_json(&number.to_string()),
            _ => None,
        })
    }

    fn string<'s>(&'s self, node: &'s &'a Value) -> Result<Cow<'s, [u8]>, ValueError> {
        Ok(Cow::Borrowed(node.as_str().unwrap_or_default().as_bytes()))
    }

    fn label(&self, node: &&'a Value) -> Result<Option<Vec<u8>>, ValueError> {
        Ok(match node {
            Value::String(text) => Some(text.as_bytes().to_vec()),
            Value::Array(_) | Value::Object(_) => None,
            scalar => Some(scalar.to_string().into_bytes()),
        })
    }

    fn name<'s>(&'s self, key: &'s &'a str) -> Result<Cow<'s, [u8]>, ValueError> {
        Ok(Cow::Borrowed(key.as_bytes()))
    }

    fn member(&self, object: &&'a Value, name: &str) -> Result<Option<&'a Value>, ValueError> {
        Ok(object.get(name))
    }

    fn elements(&self, list: &&'a Value) -> Result<Vec<&'a Value>, ValueError> {
        Ok(list.as_array().into_iter().flatten().collect())
    }

    fn join(
        &self,
        base: Option<&&'a Value>,
        theirs: &&'a Value,
        mine: &&'a Value,
        _whole: bool,
    ) -> Result<Vec<Joined<Self>>, ValueError> {
        let members = |value: &'a Value| value.as_object().into_iter().flatten();
        let base = base.copied();
        let of_base = |name: &str| base.and_then(|base| base.get(name));
        let mut joined = Vec::new();
        for (name, value) in members(theirs) {
            let (base, mine) = (of_base(name), mine.get(name));
            joined.push(Joined::Member { key: name.as_str(), base, theirs: Some(value), mine });
        }
        for (name, value) in members(mine).filter(|(name, _)| theirs.get(name).is_none()) {
            let (base, mine) = (of_base(name), Some(value));
            joined.push(Joined::Member { key: name.as_str(), base, theirs: None, mine });
        }
        let lost = |name: &str| theirs.get(name).is_none() && mine.get(name).is_none();
        for (name, value) in base.into_iter().flat_map(members).filter(|(name, _)| lost(name)) {
            joined.push(Joined::Member {
                key: name.as_str(),
                base: Some(value),
                theirs: None,
                mine: None,
            });
        }
        Ok(joined)
    }

    fn empty(&self, like: &&'a Value) -> Option<&'a Value> {
        match like {
            Value::Array(_) => Some(self.arena.alloc(Value::Array(Vec::new()))),
            Value::Object(_) => Some(self.arena.alloc(Value::Object(Map::new()))),
            _ => None,
        }
    }

    fn computed(&self, number: Computed<'_>) -> Result<Option<&'a Value>, ValueError> {
        let number = match number {
            Computed::Integer(integer) => serde_json::Number::from_i128(integer),
            Computed::Double(double) => serde_json::Number::from_f64(double),
            Computed::Bound(bound) => Some(bound.clone()),
        };
        Ok(number.map(|number| &*self.arena.alloc(Value::Number(number))))
    }

    fn text(&self, content: Vec<u8>) -> Result<&'a Value, ValueError> {
        let text = String::from_utf8(content).map_err(|error| ValueError(error.into()))?;
        Ok(self.arena.alloc(Value::String(text)))
    }

    fn resolve(
        &self,
        resolver: &Resolver,
        base: Option<Value>,
        theirs: Value,
        mine: Value,
    ) -> Result<&'a Value, ValueError> {
        let chosen = resolver.call_with_values(base.as_ref(), &theirs, &mine);
        Ok(self.arena.alloc(chosen.map_err(ValueError)?))
    }

    fn build(&self, plan: &Plan<Self>) -> Result<Value, ValueError> {
        Ok(match plan {
            Plan::Missing => Value::Null,
            Plan::Take(node) => (*node).clone(),
            Plan::Object(object) => {
                if let Some(node) = object.verbatim {
                    return Ok(node.clone());
                }
                let mut members = Map::new();
                for member in &object.members {
                    match member {
                        PlannedMember::Run(never) => match *never {},
                        PlannedMember::Decided { plan: Plan::Missing, .. } => {}
                        PlannedMember::Decided { key, plan, .. } => {
                            members.insert((*key).to_owned(), self.build(plan)?);
                        }
                    }
                }
                Value::Object(members)
            }
            Plan::Array(elements) => Value::Array(
                elements.iter().map(|plan| self.build(plan)).collect::<Result<_, _>>()?,
            ),
            Plan::Set { elements, .. } => {
                Value::Array(elements.iter().map(|&node| node.clone()).collect())
            }
        })
    }

    fn import(&self, json: String) -> Result<Value, ValueError> {
        // What no `Value` can carry (NaN, lone surrogates) stands in the report as its own text.
        Ok(serde_json::from_str(&json).unwrap_or(Value::String(json)))
    }

    fn resolver_error(&self, error: BoxError) -> ValueError {
        ValueError(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_tell_values_apart_that_are_not_equal() {
        let arena = Arena::with_capacity(0);
        let model = Values::new(&arena);
        let digest = |json: &str| {
            let value: &Value = arena.alloc(serde_json::from_str(json).unwrap());
            model.digest(&value).unwrap()
        };
        let values = [
            "null",
            "true",
            "false",
            "2",
            "1",
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
        ];
        let digests: std::collections::HashSet<_> = values.map(digest).into();
        assert_eq!(digests.len(), values.len());
        assert_eq!(digest(r#"{"a":1,"b":[2.0]}"#), digest(r#"{"b":[2],"a":1e0}"#));
    }
}
