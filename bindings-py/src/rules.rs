//! Rule sets: a Python mapping as the core's JSON, with the functions in it apart.

use std::fmt::Display;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use serde_json::{Map, Number, Value};
use session_merge::{BoxError, Resolver};

use crate::{errors, explanation, raw, report, strings};

/// A compiled rule set.
#[pyclass(frozen, module = "session_merge")]
pub(crate) struct Rules {
    pub(crate) compiled: session_merge::Rules,
    /// The functions, each at its resolver's tag. The resolvers share this one list, so that the
    /// garbage collector sees all references there are.
    pub(crate) functions: Functions,
}

type Functions = Arc<[Py<PyAny>]>;

#[pymethods]
impl Rules {
    #[new]
    #[pyo3(signature = (mapping, /))]
    fn new(mapping: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = mapping.py();
        let mut reader = Reader { functions: Vec::new() };
        let json = reader.rule_set(mapping)?;
        let functions: Functions = reader.functions.into();
        let resolvers = (0..functions.len()).map(|tag| resolver(&functions, tag)).collect();
        match session_merge::Rules::with_resolvers(&json, resolvers) {
            Ok(compiled) => Ok(Self { compiled, functions }),
            Err(error) => Err(errors::rules_error(py, error.pattern(), &error.to_string())),
        }
    }

    /// Say what holds at one place, and which patterns say so.
    fn explain<'py>(&self, pointer: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let text = strings::content(pointer)?;
        if !matches!(*text, [] | [b'/', ..]) {
            return Err(PyValueError::new_err("a JSON Pointer is empty or starts with `/`"));
        }
        explanation::explain(pointer.py(), self, &report::parse_pointer(&text))
    }

    fn __repr__(&self) -> String {
        format!("Rules({:?})", self.compiled)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.functions.iter().try_for_each(|function| visit.call(function))
    }
}

impl Rules {
    /// The rules that a call names: a compiled set, a mapping, or none.
    pub(crate) fn of<'py>(
        py: Python<'py>,
        rules: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        static NONE: PyOnceLock<Py<Rules>> = PyOnceLock::new();
        let Some(rules) = rules else {
            let none = NONE.get_or_try_init(py, || {
                let compiled = session_merge::Rules::default();
                Py::new(py, Self { compiled, functions: Arc::new([]) })
            });
            return Ok(none?.bind(py).clone());
        };
        match rules.cast::<Self>() {
            Ok(compiled) => Ok(compiled.clone()),
            Err(_) => Bound::new(py, Self::new(rules)?),
        }
    }
}

/// The function with this tag for documents that are text: it gets what `json.loads` makes of them.
fn resolver(functions: &Functions, tag: usize) -> Resolver {
    let functions = Arc::clone(functions);
    let call = move |base: Option<&str>, theirs: &str, mine: &str| {
        Python::attach(|py| {
            let function = functions.get(tag).ok_or("no such function")?;
            let value = |json: &str| parse(py, json);
            let missing = || Ok(report::missing(py)?.into_any());
            let values = [base.map_or_else(missing, value)?, value(theirs)?, value(mine)?];
            let chosen = function.bind(py).call1(PyTuple::new(py, &values)?)?;
            // What the function only passed on keeps its spelling; a list or a dictionary it may
            // have changed.
            for (value, json) in values.iter().zip([base, Some(theirs), Some(mine)]) {
                if let (true, Some(json)) = (chosen.is(value) && is_scalar(value), json) {
                    return Ok::<_, BoxError>(json.to_owned());
                }
            }
            Ok(print(&chosen)?)
        })
    };
    Resolver::texts(call).tagged(tag)
}

fn is_scalar(value: &Bound<'_, PyAny>) -> bool {
    !value.is_instance_of::<PyList>() && !value.is_instance_of::<PyDict>()
}

/// The value of a JSON text, as Python's `json` reads it.
pub(crate) fn parse<'py>(py: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")?.call1((json,))
}

/// The JSON text of a value, as Python's `json` writes it.
fn print(value: &Bound<'_, PyAny>) -> PyResult<String> {
    static DUMPS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let dumps = DUMPS.import(py, "json", "dumps")?;
    let options = PyDict::new(py);
    options.set_item("ensure_ascii", false)?;
    let json = dumps.call((value,), Some(&options))?.cast_into::<PyString>()?;
    match json.to_str() {
        Ok(text) => Ok(text.to_owned()),
        // Lone surrogates are text only as escapes.
        Err(_) => dumps.call1((value,))?.extract(),
    }
}

/// A number of a rule set.
pub(crate) fn number<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    Ok(match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(integer), ..) => integer.into_pyobject(py)?.into_any(),
        (_, Some(integer), _) => integer.into_pyobject(py)?.into_any(),
        (_, _, Some(double)) => PyFloat::new(py, double).into_any(),
        (None, None, None) => parse(py, &number.to_string())?,
    })
}

/// Rules are nested by `root` alone; what is deeper than this was not written by hand, or holds
/// itself.
const DEEPEST: usize = 32;

/// Turns a mapping into JSON.
struct Reader {
    functions: Vec<Py<PyAny>>,
}

/// Why part of a rule is refused; which pattern it stands under is known further up.
enum Refusal {
    Reason(String),
    /// An exception of the user's own, from a mapping that raises.
    Raised(PyErr),
}

impl From<PyErr> for Refusal {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

fn because<T>(reason: impl Display) -> Result<T, Refusal> {
    Err(Refusal::Reason(reason.to_string()))
}

impl Reader {
    fn rule_set(&mut self, mapping: &Bound<'_, PyAny>) -> PyResult<Value> {
        let py = mapping.py();
        let refused = |pattern: &str, refusal| match refusal {
            Refusal::Raised(error) => error,
            Refusal::Reason(reason) => {
                errors::rules_error(py, pattern, &format!("rule {pattern:?}: {reason}"))
            }
        };
        let Ok(mapping) = mapping.cast::<PyMapping>() else {
            let kind = mapping.get_type().name()?;
            let reason = format!("a rule set is a mapping, not {kind}");
            return Err(refused("", Refusal::Reason(reason)));
        };
        let mut entries = Map::new();
        for (key, value) in pairs(mapping)? {
            let Ok(name) = key.cast::<PyString>() else {
                let reason = Refusal::Reason("a pattern or an option is a string".to_owned());
                return Err(refused(&key.str()?.to_string_lossy(), reason));
            };
            let pattern = strings::content(name)?;
            let Ok(pattern) = str::from_utf8(&pattern) else {
                let shown = String::from_utf8_lossy(&pattern);
                return Err(refused(&shown, Refusal::Reason("a lone surrogate".into())));
            };
            let json =
                if pattern == "conflict" { self.choice(&value, 0) } else { self.json(&value, 0) };
            entries.insert(pattern.to_owned(), json.map_err(|refusal| refused(pattern, refusal))?);
        }
        Ok(Value::Object(entries))
    }

    /// What a `conflict` says: a function is kept and stands in the JSON as its number.
    fn choice(&mut self, value: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Refusal> {
        if value.is_callable() && value.cast::<PyMapping>().is_err() {
            let index = self.functions.len();
            self.functions.push(value.clone().unbind());
            return Ok(serde_json::json!({ "resolver": index }));
        }
        let json = self.json(value, depth)?;
        if json.get("resolver").is_some() {
            return because(
                "`conflict` is mine, theirs, base, max, min, fail, {\"latest\": field} or a function",
            );
        }
        Ok(json)
    }

    fn json(&mut self, value: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Refusal> {
        if depth > DEEPEST {
            return because("nested too deep");
        }
        if value.is_none() {
            Ok(Value::Null)
        } else if let Ok(value) = value.cast::<PyBool>() {
            Ok(Value::Bool(value.is_true()))
        } else if let Ok(value) = value.cast::<PyString>() {
            self::string(value)
        } else if let Ok(value) = value.cast::<PyInt>() {
            let value = raw::plain_int(value)?;
            let small = value.extract::<i64>().map(Number::from);
            match small.or_else(|_| value.extract::<u64>().map(Number::from)) {
                Ok(number) => Ok(Value::Number(number)),
                Err(_) => because("an integer beyond 64 bits"),
            }
        } else if let Ok(value) = value.cast::<PyFloat>() {
            match Number::from_f64(raw::double(value)) {
                Some(number) => Ok(Value::Number(number)),
                None => because("a number that is not finite"),
            }
        } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            let elements = value.try_iter()?.map(|element| self.json(&element?, depth + 1));
            Ok(Value::Array(elements.collect::<Result<_, _>>()?))
        } else if let Ok(value) = value.cast::<PyMapping>() {
            let mut members = Map::new();
            for (key, value) in pairs(value)? {
                let Ok(key) = key.cast::<PyString>() else {
                    return because("a name that is no string");
                };
                let Value::String(name) = self::string(key)? else {
                    return because("a name that is no string");
                };
                let json = if name == "conflict" {
                    self.choice(&value, depth + 1)?
                } else {
                    self.json(&value, depth + 1)?
                };
                members.insert(name, json);
            }
            Ok(Value::Object(members))
        } else if value.is_callable() {
            because("a function decides conflicts: it stands under `conflict`")
        } else {
            because(format_args!("{} is nothing JSON has", value.get_type().name()?))
        }
    }
}

fn string(value: &Bound<'_, PyString>) -> Result<Value, Refusal> {
    match String::from_utf8(strings::content(value)?.into_owned()) {
        Ok(text) => Ok(Value::String(text)),
        Err(_) => because("a lone surrogate"),
    }
}

/// A mapping's entries, listed before any of them is looked at.
fn pairs<'py>(
    mapping: &Bound<'py, PyMapping>,
) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    mapping.items()?.iter().map(|pair| pair.extract()).collect()
}
