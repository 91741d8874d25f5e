//! Mode `text`: strings merged word by word.

use crate::classes::Classes;
use crate::conflict::ConflictKind;
use crate::lists::{Part, Side, Sides};
use crate::model::{Failure, Kind, Model, Plan};
use crate::rules::{Place, Told};
use crate::walk::{Fit, Walk};

/// Splits into maximal runs of white space (space, tab, line feed, carriage return) and of anything
/// else.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    text.chunk_by(|a, b| white(a) == white(b)).collect()
}

impl<M: Model> Walk<'_, M> {
    /// Merges three strings as diff3 does, over words. A chunk that both changed, each its own way,
    /// is a conflict.
    #[inline(never)]
    pub(crate) fn words(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Fit<M> {
        let Some(base) = base else {
            return Ok(None);
        };
        if self.equal(theirs, mine)? {
            return Ok(Some(Plan::Take(theirs.clone())));
        }
        let text = |node| self.model.string(node).map_err(Failure::Model);
        let (base, theirs, mine) = (text(base)?, text(theirs)?, text(mine)?);
        let mut classes = Classes::new();
        let mut side = |text| {
            let nodes = words(text);
            let classes = nodes.iter().map(|&word| classes.of_word(word.into())).collect();
            Side { nodes, classes }
        };
        let sides = Sides { base: side(&base), theirs: side(&theirs), mine: side(&mine) };
        let mut merged = Vec::with_capacity(theirs.len() + mine.len());
        for part in sides.align().parts {
            match part {
                Part::Kept(b, ..) => merged.extend_from_slice(sides.base.nodes[b]),
                Part::Between(chunk) => {
                    let base = sides.base.nodes[chunk.base].concat();
                    let theirs = sides.theirs.nodes[chunk.theirs].concat();
                    let mine = sides.mine.nodes[chunk.mine].concat();
                    if mine == base || theirs == mine {
                        merged.extend_from_slice(&theirs);
                    } else if theirs == base {
                        merged.extend_from_slice(&mine);
                    } else {
                        merged.extend_from_slice(&self.word_conflict(place, base, theirs, mine)?);
                    }
                }
            }
        }
        Ok(Some(Plan::Take(self.model.text(merged).map_err(Failure::Model)?)))
    }

    /// A conflict of one chunk of a string; a side that emptied it has deleted it.
    fn word_conflict(
        &mut self,
        place: &Place<'_>,
        base: Vec<u8>,
        theirs: Vec<u8>,
        mine: Vec<u8>,
    ) -> Result<Vec<u8>, Failure<M>> {
        let deleted = !base.is_empty() && (theirs.is_empty() || mine.is_empty());
        let plan = |text: Vec<u8>| -> Result<Plan<M>, Failure<M>> {
            if deleted && text.is_empty() {
                return Ok(Plan::Missing);
            }
            self.model.text(text).map(Plan::Take).map_err(Failure::Model)
        };
        let (base, theirs, mine) = (plan(base)?, plan(theirs)?, plan(mine)?);
        let decided = if deleted {
            self.deletion(place, &base, theirs, mine)?
        } else {
            self.conflict(place, ConflictKind::EditEdit, base, theirs, mine)?
        };
        match decided {
            Plan::Missing => Ok(Vec::new()),
            Plan::Take(node) if self.kind(&node)? == Kind::String => {
                Ok(self.model.string(&node).map_err(Failure::Model)?.into_owned())
            }
            // A caller's function chose; it was asked for a string.
            _ => Err(Failure::Model(self.model.resolver_error(
                Told("a function that decides a part of a text must return a string").into(),
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_runs() {
        let split = |text: &'static str| super::words(text.as_bytes());
        assert_eq!(
            split("a bc\t\n d\u{a0}é"),
            [b"a".as_slice(), b" ", b"bc", b"\t\n ", "d\u{a0}é".as_bytes()]
        );
        assert!(split("").is_empty());
    }
}
