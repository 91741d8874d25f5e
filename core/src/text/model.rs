//! JSON text as the merge sees it.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::alike::digest;
use super::inside::Inside;
use super::join::join_lists;
use super::members::{distinct, raw_members};
use super::{Key, Node, Origin, Run, Text, TextError, string};
use crate::double::print_bound;
use crate::integer::print_integer;
use crate::model::{Joined, Kind, Model, Number, Plan};
use crate::number::{self, Computed};
use crate::rules::{BoxError, Resolver, Told};

impl<'a> Model for Text<'a> {
    type Node = Node<'a>;
    type Key = Key<'a>;
    type Run = Run<'a>;
    type Value = String;
    type Error = TextError;

    fn kind(&self, node: &Node<'a>) -> Result<Kind, TextError> {
        Ok(node.kind())
    }

    fn same(&self, a: &Node<'a>, b: &Node<'a>) -> Result<bool, TextError> {
        Ok(self.alike(*a, *b, true))
    }

    fn is_one(&self, a: &Node<'a>, b: &Node<'a>) -> bool {
        std::ptr::eq(a.text, b.text)
    }

    fn equal(&self, a: &Node<'a>, b: &Node<'a>) -> Result<bool, TextError> {
        Ok(self.alike(*a, *b, false))
    }

    fn digest(&self, node: &Node<'a>) -> Result<u64, TextError> {
        Ok(digest(Inside::new(*node)))
    }

    fn order(&self, a: &Node<'a>, b: &Node<'a>) -> Result<Option<Ordering>, TextError> {
        Ok(match (a.kind(), b.kind()) {
            (Kind::Number, Kind::Number) => number::compare(a.text, b.text),
            // The order of UTF-8 bytes is that of code points.
            (Kind::String, Kind::String) => {
                Some(string::unescape(a.text).cmp(&string::unescape(b.text)))
            }
            _ => None,
        })
    }

    fn number(&self, node: &Node<'a>) -> Result<Option<Number>, TextError> {
        Ok(if node.kind() == Kind::Number { Number::from_json(node.text) } else { None })
    }

    fn string<'s>(&'s self, node: &'s Node<'a>) -> Result<Cow<'s, [u8]>, TextError> {
        Ok(string::unescape(node.text))
    }

    fn label(&self, node: &Node<'a>) -> Result<Option<Vec<u8>>, TextError> {
        Ok(match node.kind() {
            Kind::String => Some(string::unescape(node.text).into_owned()),
            Kind::Array | Kind::Object => None,
            _ => Some(node.text.as_bytes().to_vec()),
        })
    }

    fn name<'s>(&'s self, key: &'s Key<'a>) -> Result<Cow<'s, [u8]>, TextError> {
        Ok(string::unescape(key.0))
    }

    fn member(&self, object: &Node<'a>, name: &str) -> Result<Option<Node<'a>>, TextError> {
        let named = |key: &str| *string::unescape(key) == *name.as_bytes();
        // Of a repeated name the last counts.
        let members = raw_members(object.text);
        Ok(members.filter(|member| named(member.key)).last().map(|member| member.value))
    }

    fn elements(&self, list: &Node<'a>) -> Result<Vec<Node<'a>>, TextError> {
        Ok(self.parts(*list).into_iter().map(|part| part.value).collect())
    }

    fn join(
        &self,
        base: Option<&Node<'a>>,
        theirs: &Node<'a>,
        mine: &Node<'a>,
        whole: bool,
    ) -> Result<Vec<Joined<Self>>, TextError> {
        if let Some(Node { origin: Origin::Base(entry), .. }) = base
            && let Some(joined) = self.join_along(*entry, *theirs, *mine, whole)
        {
            return Ok(joined);
        }
        let members = |node: &Node<'a>| distinct(self.parts(*node).into_iter());
        let lists = [base.map_or(Vec::new(), members), members(theirs), members(mine)];
        let tape = self.base.as_ref().map(|(_, tape)| tape).filter(|_| !whole);
        Ok(join_lists(&lists, tape))
    }

    fn empty(&self, like: &Node<'a>) -> Option<Node<'a>> {
        match like.kind() {
            Kind::Array => Some(Node::trusted("[]")),
            Kind::Object => Some(Node::trusted("{}")),
            _ => None,
        }
    }

    fn computed(&self, number: Computed<'_>) -> Result<Option<Node<'a>>, TextError> {
        let json = match number {
            Computed::Integer(integer) => Some(print_integer(integer)),
            Computed::Double(double) => number::print_double(double),
            Computed::Bound(bound) => match bound.as_f64().filter(|_| bound.is_f64()) {
                Some(double) => number::print_double(double),
                None => print_bound(bound),
            },
        };
        Ok(json.map(|json| self.compute(json)))
    }

    fn text(&self, content: Vec<u8>) -> Result<Node<'a>, TextError> {
        let mut literal = String::with_capacity(content.len() + 2);
        string::escape(&content, &mut literal);
        Ok(self.compute(literal))
    }

    fn resolve(
        &self,
        resolver: &Resolver,
        base: Option<String>,
        theirs: String,
        mine: String,
    ) -> Result<Node<'a>, TextError> {
        let chosen = resolver.call_with_text(base.as_deref(), &theirs, &mine).map_err(TextError)?;
        // How deep its answer is nested is the function's affair: reading does not recurse.
        Node::read(self.room.alloc(chosen), usize::MAX).map_err(|_| {
            TextError(Told("a function that decides a conflict must return JSON").into())
        })
    }

    fn build(&self, plan: &Plan<Self>) -> Result<String, TextError> {
        let mut out = String::with_capacity(match plan {
            Plan::Take(node) => node.text.len(),
            Plan::Object(object) => match (object.verbatim, object.theirs) {
                (Some(node), _) => node.text.len(),
                // Room for what mine adds to it.
                (None, Some(node)) => node.text.len() * 9 / 8 + 64,
                (None, None) => 0,
            },
            _ => 0,
        });
        self.write(plan, &mut out);
        Ok(out)
    }

    fn import(&self, json: String) -> Result<String, TextError> {
        Ok(json)
    }

    fn resolver_error(&self, error: BoxError) -> TextError {
        TextError(error)
    }
}
