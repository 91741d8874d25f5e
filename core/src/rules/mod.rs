//! Rule sets: which mode, winner and delete policy hold at which place.

mod compile;
mod explanation;
mod json;
mod pattern;
mod place;
mod resolver;

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use serde_json::{Number, Value};

use compile::Compiled;
pub use explanation::{Explanation, Said};
use json::Json;
pub(crate) use place::Place;
pub(crate) use resolver::Told;
pub use resolver::{BoxError, Resolver};

use crate::pointer::Pointer;

/// A compiled rule set: immutable, cheap to clone, shareable between threads.
///
/// What a rule set may say is explained in [the semantics](crate::semantics#rules). The default has
/// no rules: objects merge member by member, mine wins conflicts, deletions win.
///
/// ```
/// use serde_json::json;
/// use session_merge::Rules;
///
/// let rules = Rules::new(&json!({"/visits": "counter", "/cart/items": {"merge": "keyed", "key": "sku"}}))?;
/// let same: Rules = r#"{"/visits": "counter", "/cart/items": {"merge": "keyed", "key": "sku"}}"#.parse()?;
///
/// let refused = Rules::new(&json!({"/visits": "countre"})).unwrap_err();
/// assert_eq!(refused.pattern(), "/visits");
/// assert_eq!(refused.to_string(), r#"rule "/visits": "countre" is no mode and no winner"#);
/// # Ok::<(), session_merge::RulesError>(())
/// ```
#[derive(Clone)]
pub struct Rules {
    compiled: Arc<Compiled>,
}

impl Rules {
    /// Compiles a rule set.
    ///
    /// # Errors
    /// [`RulesError`] names the first pattern or option that is refused, and why. Nested deeper than
    /// 128, a rule set is refused as a whole.
    pub fn new(rules: &Value) -> Result<Self, RulesError> {
        Self::with_resolvers(rules, Vec::new())
    }

    /// Compiles a rule set in which `{"resolver": n}` as a `conflict` value stands for the n-th of
    /// `resolvers`, counted from 0.
    ///
    /// # Errors
    /// As [`new`](Self::new), and where a resolver is named that is not there.
    pub fn with_resolvers(rules: &Value, resolvers: Vec<Resolver>) -> Result<Self, RulesError> {
        let compiled = Arc::new(Compiled::new(&Json::from_value(rules)?, resolvers)?);
        Ok(Self { compiled })
    }

    /// [`with_resolvers`](Self::with_resolvers) for a rule set as JSON text.
    ///
    /// # Errors
    /// As there, and where the text is not JSON.
    pub fn from_json(json: &str, resolvers: Vec<Resolver>) -> Result<Self, RulesError> {
        let compiled = Arc::new(Compiled::new(&Json::read(json)?, resolvers)?);
        Ok(Self { compiled })
    }

    /// The same rules, but conflicts at this pattern and below are decided by a function.
    ///
    /// ```
    /// use serde_json::json;
    /// use session_merge::{Resolver, Rules, merge};
    ///
    /// let longest = Resolver::values(|_base, theirs, mine| {
    ///     let length = |value: &serde_json::Value| value.as_str().map_or(0, str::len);
    ///     Ok(if length(theirs) > length(mine) { theirs.clone() } else { mine.clone() })
    /// });
    /// let rules = Rules::default().resolver("/note", longest)?;
    /// let merged = merge(&json!({"note": "a"}), &json!({"note": "abc"}), &json!({"note": "ab"}), &rules)?;
    /// assert_eq!(merged.value, json!({"note": "abc"}));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where the pattern is malformed.
    pub fn resolver(&self, pattern: &str, resolver: Resolver) -> Result<Self, RulesError> {
        let compiled = Arc::new(self.compiled.with_resolver(pattern, resolver)?);
        Ok(Self { compiled })
    }

    /// Says what holds at one place, and which patterns say so: for people who wonder, and for
    /// counting conflicts by the rule that decided.
    ///
    /// Segments are taken as names; below a place whose mode is for lists without names
    /// (`ordered`, `append`, `set`), as elements, which `*` and `**` alone match.
    ///
    /// ```
    /// use serde_json::json;
    /// use session_merge::{Rules, merge};
    ///
    /// let rules = Rules::new(&json!({"/cart/*": "atomic", "conflict": "theirs"}))?;
    /// let side = |pens: u32| json!({"cart": {"pens": pens}});
    /// let merged = merge(&side(1), &side(2), &side(3), &rules)?;
    ///
    /// let said = rules.explain(&merged.conflicts[0].pointer);
    /// assert_eq!((said.merge.value, said.merge.pattern), (json!("atomic"), Some("/cart/*".into())));
    /// assert_eq!((said.conflict.value, said.conflict.pattern), (json!("theirs"), Some("".into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, pointer: &Pointer) -> Explanation {
        self.compiled.explain(pointer)
    }

    /// How deep a document may be nested; the root container is 1.
    #[must_use]
    pub fn max_depth(&self) -> usize {
        self.compiled.max_depth
    }

    /// The place of the whole document.
    pub(crate) fn root(&self) -> Place<'_> {
        Place::root(&self.compiled)
    }
}

impl Default for Rules {
    fn default() -> Self {
        // Most merges know no rules: what stands for none is made once.
        static NONE: LazyLock<Rules> =
            LazyLock::new(|| Rules { compiled: Arc::new(Compiled::default()) });
        NONE.clone()
    }
}

impl FromStr for Rules {
    type Err = RulesError;

    /// Compiles a rule set from JSON text.
    fn from_str(json: &str) -> Result<Self, RulesError> {
        Self::from_json(json, Vec::new())
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.compiled.patterns()).finish()
    }
}

/// Why a rule set was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    pattern: String,
    reason: String,
}

impl RulesError {
    pub(crate) fn new(pattern: &str, reason: impl Into<String>) -> Self {
        Self { pattern: pattern.to_owned(), reason: reason.into() }
    }

    /// The pattern or option that is at fault; empty for the rule set as a whole, and for the
    /// root's own pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What is wrong with it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule \"{}\": {}", self.pattern, self.reason)
    }
}

impl std::error::Error for RulesError {}

/// How a value that both sides changed is merged, with the mode's parameters.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    Deep,
    Atomic,
    Counter { min: Option<Number>, max: Option<Number> },
    Set,
    Ordered,
    Append { limit: Option<usize>, unique: bool },
    Keyed { fields: Vec<String> },
    Text,
    Embedded { root: Box<Rule> },
}

/// Who wins a conflict.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    Mine,
    Theirs,
    Base,
    Max,
    Min,
    Fail,
    Latest(String),
    Resolver(Resolver),
}

/// What holds when one side deleted what the other changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delete {
    Wins,
    Loses,
    Fail,
    Empties,
}

/// What one pattern says; a field left out is decided elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    pub(crate) mode: Option<Mode>,
    pub(crate) conflict: Option<Choice>,
    pub(crate) delete: Option<Delete>,
}
