//! Mode `embedded`: JSON documents inside strings.

use crate::model::{Failure, Kind, Model, Plan};
use crate::rules::Place;
use crate::text::{Node, Syntax, Text, TextError, push_unit, room};
use crate::walk::{Fit, Walk};
use crate::wtf8::{self, Piece};

impl<M: Model> Walk<'_, M> {
    /// Merges the documents in strings under `place`, the rule of their root. A side that is
    /// missing has deleted what base has, and counts as the empty document of base's type.
    pub(crate) fn embedded(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: Option<&M::Node>,
        mine: Option<&M::Node>,
    ) -> Fit<M> {
        let room = room();
        let inner = Text::new(&room);
        let read = |outer: Option<&M::Node>| -> Result<Option<Option<_>>, Failure<M>> {
            let Some(outer) = outer else {
                return Ok(Some(None));
            };
            if self.kind(outer)? != Kind::String {
                return Ok(None);
            }
            let content = self.model.string(outer).map_err(Failure::Model)?;
            let json = room.alloc(escape_surrogates(&content));
            match Node::read(json, self.max_depth.saturating_sub(self.depth)) {
                Ok(document) => Ok(Some(Some(document))),
                Err(Syntax::Malformed { .. }) => Ok(None),
                Err(Syntax::TooDeep { pointer, .. }) => {
                    let mut place = self.pointer()?;
                    place.append(&pointer);
                    Err(Failure::Depth(Box::new(place)))
                }
            }
        };
        let (Some(b), Some(t), Some(m)) = (read(base)?, read(theirs)?, read(mine)?) else {
            return Ok(None);
        };
        let mut walk = Walk::new(&inner, self.pointer()?, self.depth, self.max_depth);
        let decided = match (&b, &t, &m) {
            (_, Some(_), Some(_)) => {
                let decision = walk.decide(place, b.as_ref(), t.as_ref(), m.as_ref());
                Some(decision.map_err(|failure| self.outer(failure))?.plan)
            }
            // What was only spelled anew does not stand against a deletion.
            (Some(b), Some(survivor), None) | (Some(b), None, Some(survivor))
                if walk.unchanged(Some(survivor), Some(b)).is_ok_and(|unchanged| unchanged) =>
            {
                Some(Plan::Missing)
            }
            (Some(b), t, m) => walk
                .emptied(place, b, t.as_ref(), m.as_ref())
                .map_err(|failure| self.outer(failure))?,
            _ => None,
        };
        let Some(plan) = decided else {
            return Ok(None);
        };
        let conflicts = walk.into_conflicts();
        self.adopt(conflicts)?;
        if plan.is_missing() {
            return Ok(Some(Plan::Missing));
        }
        let merged = inner.build(&plan).map_err(|error| self.outer(Failure::Model(error)))?;
        // Where it is the same document as a side's, that side's own text is kept.
        let result = Node::trusted(room.alloc(merged.clone()));
        for (document, outer) in [(&t, theirs), (&m, mine), (&b, base)] {
            if let (Some(document), Some(outer)) = (document, outer)
                && inner
                    .same(document, &result)
                    .map_err(|error| self.outer(Failure::Model(error)))?
            {
                return Ok(Some(Plan::Take(outer.clone())));
            }
        }
        let content = self.model.text(merged.into_bytes()).map_err(Failure::Model)?;
        Ok(Some(Plan::Take(content)))
    }

    /// A failure inside the embedded document as one of the document around it.
    fn outer(&self, failure: Failure<Text<'_>>) -> Failure<M> {
        match failure {
            Failure::Depth(pointer) => Failure::Depth(pointer),
            Failure::Model(TextError(error)) => Failure::Model(self.model.resolver_error(error)),
        }
    }
}

/// JSON text in which lone surrogates are written as escapes, as a `str` must have them.
fn escape_surrogates(content: &[u8]) -> String {
    let mut text = String::with_capacity(content.len());
    for piece in wtf8::pieces(content) {
        match piece {
            Piece::Text(valid) => text.push_str(valid),
            Piece::Surrogate(code) => push_unit(code, &mut text),
        }
    }
    text
}
