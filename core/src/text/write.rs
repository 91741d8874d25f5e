//! Writing what was decided.

use super::{Run, Text};
use crate::model::{Plan, PlannedMember};

impl<'a> Text<'a> {
    pub(super) fn write(&self, plan: &Plan<Self>, out: &mut String) {
        match plan {
            Plan::Missing => {}
            Plan::Take(node) => out.push_str(node.text),
            Plan::Object(object) => {
                if let Some(node) = object.verbatim {
                    return out.push_str(node.text);
                }
                out.push('{');
                let start = out.len();
                for member in &object.members {
                    let before = out.len();
                    if before > start {
                        out.push(',');
                    }
                    match member {
                        PlannedMember::Run(run) => self.write_run(*run, out),
                        PlannedMember::Decided { plan: Plan::Missing, .. } => out.truncate(before),
                        PlannedMember::Decided { key, plan, .. } => {
                            out.push_str(key.0);
                            out.push(':');
                            self.write(plan, out);
                        }
                    }
                }
                out.push('}');
            }
            Plan::Array(elements) => {
                write_list(elements, out, |plan, out| self.write(plan, out));
            }
            Plan::Set { elements, .. } => {
                write_list(elements, out, |node, out| out.push_str(node.text));
            }
        }
    }

    fn write_run(&self, run: Run<'a>, out: &mut String) {
        match (run, &self.base) {
            (Run::Text(text), _) => out.push_str(text),
            (Run::Entries(from, to), Some((text, tape))) => {
                for (index, entry) in tape.between(from, to).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    let member = tape.member(text, entry);
                    out.push_str(member.key);
                    out.push(':');
                    out.push_str(member.value.text);
                }
            }
            // Entries are base's.
            (Run::Entries(..), None) => {}
        }
    }
}

fn write_list<T>(elements: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push('[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(element, out);
    }
    out.push(']');
}
