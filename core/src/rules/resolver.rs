//! Functions that decide conflicts.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// An error of a caller's function.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a function's answer cannot be used.
#[derive(Clone, Copy)]
pub(crate) struct Told(pub(crate) &'static str);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

// As it is displayed: the escapes of a string's `Debug` need tables that nothing else does.
impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Told {}

type OverText = dyn Fn(Option<&str>, &str, &str) -> Result<String, BoxError> + Send + Sync;
type OverValues = dyn Fn(Option<&Value>, &Value, &Value) -> Result<Value, BoxError> + Send + Sync;

/// A function from base (`None` where it is missing), theirs and mine to the value that is to be
/// stored.
///
/// It is called once for each conflict at its place. For a chunk of a list the three are lists, for
/// a part of a text they are strings, and so must be its answer. An error that it returns ends the
/// merge and reaches the caller as [`Error::source`](std::error::Error::source).
///
/// Its answer is stored as it is. It should not be nested so deep that the whole exceeds the rules'
/// `max_depth`: the next merge would refuse the document.
#[derive(Clone)]
pub struct Resolver {
    over_text: Arc<OverText>,
    over_values: Option<Arc<OverValues>>,
    tag: usize,
}

impl Resolver {
    /// A function over JSON values. In a merge of texts they are parsed for it and its answer
    /// printed, which fails for what [`Value`] cannot carry (NaN, lone surrogates) and for what is
    /// nested deeper than the 128 levels that `serde_json` reads.
    pub fn values<F>(function: F) -> Self
    where
        F: Fn(Option<&Value>, &Value, &Value) -> Result<Value, BoxError> + Send + Sync + 'static,
    {
        let function = Arc::new(function);
        let values = Arc::clone(&function);
        let over_text = move |base: Option<&str>, theirs: &str, mine: &str| {
            let base: Option<Value> = base.map(serde_json::from_str).transpose()?;
            let theirs: Value = serde_json::from_str(theirs)?;
            let mine: Value = serde_json::from_str(mine)?;
            Ok(function(base.as_ref(), &theirs, &mine)?.to_string())
        };
        Self { over_text: Arc::new(over_text), over_values: Some(values), tag: 0 }
    }

    /// A function over JSON texts, exact for whatever they hold. Its answer is checked to be JSON.
    pub fn texts<F>(function: F) -> Self
    where
        F: Fn(Option<&str>, &str, &str) -> Result<String, BoxError> + Send + Sync + 'static,
    {
        Self { over_text: Arc::new(function), over_values: None, tag: 0 }
    }

    /// The same with a number of the caller's, by which a [`Model`](crate::model::Model) of one's
    /// own finds its own function.
    #[must_use]
    pub fn tagged(mut self, tag: usize) -> Self {
        self.tag = tag;
        self
    }

    /// The number given by [`tagged`](Self::tagged); 0 without one.
    #[must_use]
    pub fn tag(&self) -> usize {
        self.tag
    }

    /// Calls the function with texts.
    pub(crate) fn call_with_text(
        &self,
        base: Option<&str>,
        theirs: &str,
        mine: &str,
    ) -> Result<String, BoxError> {
        (self.over_text)(base, theirs, mine)
    }

    /// Calls the function with values.
    pub(crate) fn call_with_values(
        &self,
        base: Option<&Value>,
        theirs: &Value,
        mine: &Value,
    ) -> Result<Value, BoxError> {
        if let Some(function) = &self.over_values {
            return function(base, theirs, mine);
        }
        let base = base.map(Value::to_string);
        let chosen =
            self.call_with_text(base.as_deref(), &theirs.to_string(), &mine.to_string())?;
        Ok(serde_json::from_str(&chosen)?)
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}
