//! A data model of one's own, as small as can be: shared nodes, 64-bit integers, no floats.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use serde_json::Value;
use session_merge::model::{Computed, Joined, Kind, Model, Number, Plan, PlannedMember};
use session_merge::{BoxError, Resolver};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Toy {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Rc<Toy>>),
    /// An unordered collection, which JSON has not: it comes out as a list.
    Set(Vec<Rc<Toy>>),
    /// In the order of names.
    Map(Vec<(String, Rc<Toy>)>),
}

/// The model; it needs no state.
pub struct Toys;

impl Toy {
    /// `None` for floats and wide integers, which a toy cannot carry.
    pub fn new(value: &Value) -> Option<Rc<Self>> {
        Some(Rc::new(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Int(number.as_i64()?),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(elements) => {
                Self::List(elements.iter().map(Self::new).collect::<Option<_>>()?)
            }
            Value::Object(members) => {
                let member = |(name, value): (&String, _)| Some((name.clone(), Self::new(value)?));
                let mut members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                Self::Map(members)
            }
        }))
    }

    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(elements) | Self::Set(elements) => {
                elements.iter().map(|element| element.to_value()).collect()
            }
            Self::Map(members) => {
                members.iter().map(|(name, value)| (name.clone(), value.to_value())).collect()
            }
        }
    }

    fn members(&self) -> &[(String, Rc<Self>)] {
        if let Self::Map(members) = self { members } else { &[] }
    }

    fn get(&self, name: &str) -> Option<Rc<Self>> {
        self.members().iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

impl Model for Toys {
    type Node = Rc<Toy>;
    type Key = String;
    type Run = Infallible;
    type Value = Rc<Toy>;
    type Error = BoxError;

    fn kind(&self, node: &Rc<Toy>) -> Result<Kind, BoxError> {
        Ok(match &**node {
            Toy::Null => Kind::Null,
            Toy::Bool(_) => Kind::Bool,
            Toy::Int(_) => Kind::Number,
            Toy::Text(_) => Kind::String,
            Toy::List(_) => Kind::Array,
            Toy::Set(_) => Kind::Set,
            Toy::Map(_) => Kind::Object,
        })
    }

    fn same(&self, a: &Rc<Toy>, b: &Rc<Toy>) -> Result<bool, BoxError> {
        Ok(a == b)
    }

    fn equal(&self, a: &Rc<Toy>, b: &Rc<Toy>) -> Result<bool, BoxError> {
        Ok(a == b)
    }

    fn digest(&self, node: &Rc<Toy>) -> Result<u64, BoxError> {
        let mut state = DefaultHasher::new();
        node.hash(&mut state);
        Ok(state.finish())
    }

    fn order(&self, a: &Rc<Toy>, b: &Rc<Toy>) -> Result<Option<Ordering>, BoxError> {
        Ok(match (&**a, &**b) {
            (Toy::Int(a), Toy::Int(b)) => Some(a.cmp(b)),
            (Toy::Text(a), Toy::Text(b)) => Some(a.cmp(b)),
            _ => None,
        })
    }

    fn number(&self, node: &Rc<Toy>) -> Result<Option<Number>, BoxError> {
        Ok(if let Toy::Int(value) = **node { Some(Number::Integer(value.into())) } else { None })
    }

    fn string<'s>(&'s self, node: &'s Rc<Toy>) -> Result<Cow<'s, [u8]>, BoxError> {
        Ok(if let Toy::Text(text) = &**node { text.as_bytes().into() } else { Cow::default() })
    }

    fn label(&self, node: &Rc<Toy>) -> Result<Option<Vec<u8>>, BoxError> {
        Ok(match &**node {
            Toy::Text(text) => Some(text.clone().into_bytes()),
            Toy::List(_) | Toy::Set(_) | Toy::Map(_) => None,
            scalar => Some(scalar.to_value().to_string().into_bytes()),
        })
    }

    fn name<'s>(&'s self, key: &'s String) -> Result<Cow<'s, [u8]>, BoxError> {
        Ok(key.as_bytes().into())
    }

    fn member(&self, object: &Rc<Toy>, name: &str) -> Result<Option<Rc<Toy>>, BoxError> {
        Ok(object.get(name))
    }

    fn elements(&self, list: &Rc<Toy>) -> Result<Vec<Rc<Toy>>, BoxError> {
        Ok(match &**list {
            Toy::List(elements) | Toy::Set(elements) => elements.clone(),
            _ => Vec::new(),
        })
    }

    fn join(
        &self,
        base: Option<&Rc<Toy>>,
        theirs: &Rc<Toy>,
        mine: &Rc<Toy>,
        _whole: bool,
    ) -> Result<Vec<Joined<Self>>, BoxError> {
        let mut joined: Vec<Joined<Self>> = Vec::new();
        let mut seen = Vec::new();
        for object in [Some(theirs), Some(mine), base].into_iter().flatten() {
            for (key, _) in object.members() {
                if seen.contains(key) {
                    continue;
                }
                seen.push(key.clone());
                joined.push(Joined::Member {
                    key: key.clone(),
                    base: base.and_then(|base| base.get(key)),
                    theirs: theirs.get(key),
                    mine: mine.get(key),
                });
            }
        }
        Ok(joined)
    }

    fn empty(&self, like: &Rc<Toy>) -> Option<Rc<Toy>> {
        match **like {
            Toy::List(_) => Some(Rc::new(Toy::List(Vec::new()))),
            Toy::Set(_) => Some(Rc::new(Toy::Set(Vec::new()))),
            Toy::Map(_) => Some(Rc::new(Toy::Map(Vec::new()))),
            _ => None,
        }
    }

    fn computed(&self, number: Computed<'_>) -> Result<Option<Rc<Toy>>, BoxError> {
        let number = match number {
            Computed::Integer(integer) => i64::try_from(integer).ok(),
            Computed::Double(_) => None,
            Computed::Bound(bound) => bound.as_i64(),
        };
        Ok(number.map(|number| Rc::new(Toy::Int(number))))
    }

    fn text(&self, content: Vec<u8>) -> Result<Rc<Toy>, BoxError> {
        Ok(Rc::new(Toy::Text(String::from_utf8(content)?)))
    }

    fn resolve(
        &self,
        _resolver: &Resolver,
        _base: Option<Rc<Toy>>,
        _theirs: Rc<Toy>,
        _mine: Rc<Toy>,
    ) -> Result<Rc<Toy>, BoxError> {
        Err("toys have no functions".into())
    }

    fn build(&self, plan: &Plan<Self>) -> Result<Rc<Toy>, BoxError> {
        Ok(match plan {
            Plan::Missing => return Err("nothing to build".into()),
            Plan::Take(node) => node.clone(),
            Plan::Object(object) => {
                let mut members = Vec::new();
                for member in &object.members {
                    match member {
                        PlannedMember::Run(never) => match *never {},
                        PlannedMember::Decided { plan: Plan::Missing, .. } => {}
                        PlannedMember::Decided { key, plan, .. } => {
                            members.push((key.clone(), self.build(plan)?));
                        }
                    }
                }
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                Rc::new(Toy::Map(members))
            }
            Plan::Array(elements) => {
                let elements = elements.iter().map(|plan| self.build(plan));
                Rc::new(Toy::List(elements.collect::<Result<_, _>>()?))
            }
            Plan::Set { elements, .. } => Rc::new(Toy::Set(elements.clone())),
        })
    }

    fn import(&self, json: String) -> Result<Rc<Toy>, BoxError> {
        Toy::new(&serde_json::from_str(&json)?).ok_or_else(|| "a toy cannot carry this".into())
    }

    fn resolver_error(&self, error: BoxError) -> BoxError {
        error
    }
}
