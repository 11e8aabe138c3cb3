#!/usr/bin/env bash
# W3C baggage changes on its way between Python and Node.js: a space becomes a plus sign, and the other way round.
#
# Guess:    both percent-encode a space as %20 and give back the value that was set. A property after ";" is metadata
#           in both. An empty value, which the format allows, is kept by both.
# Seen:     Python writes a space as "+" and reads "+" as a space; Node.js takes "+" literally, as W3C does. So "x y"
#           from Python is "x+y" in Node.js, and "x+y" of any other sender is "x y" in Python. Python leaves properties
#           in the value. Node.js drops a member whose value is empty.
# Versions: opentelemetry-api 1.45.2 (PyPI), @opentelemetry/core 3.1.1 (npm)
# Source:   W3C Baggage, "value": percent-encoding, in which "+" is an ordinary character. Python's
#           opentelemetry/baggage/propagation uses urllib's quote_plus and unquote_plus, which are for HTML forms.
#           Node.js: packages/opentelemetry-core/src/baggage/utils.ts
# Matters:  an attribute that a processor copies from baggage has another value for each language of the callers.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/core@3.1.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-api==1.45.2

cat >baggage.cjs <<'JS'
const { propagation, ROOT_CONTEXT } = require("@opentelemetry/api");
const propagator = new (require("@opentelemetry/core").W3CBaggagePropagator)();
const carrier = {};
const set = propagation.createBaggage({ k: { value: "x y" } });
propagator.inject(propagation.setBaggage(ROOT_CONTEXT, set), carrier, { set: (c, key, value) => (c[key] = value) });
console.log(`Node.js writes 'x y' as ${carrier.baggage}`);
for (const header of process.argv.slice(2)) {
    const context = propagator.extract(ROOT_CONTEXT, { baggage: header }, { get: (c, key) => c[key], keys: Object.keys });
    console.log(`Node.js reads ${header} as '${propagation.getBaggage(context)?.getEntry("k")?.value}'`);
}
JS
cat >baggage.py <<'PY'
import sys
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context

propagator, carrier = W3CBaggagePropagator(), {}
propagator.inject(carrier, baggage.set_baggage("k", "x y", Context()))
print(f"Python writes 'x y' as {carrier['baggage']}")
for header in sys.argv[1:]:
    value = baggage.get_baggage("k", propagator.extract({"baggage": header}, Context()))
    print(f"Python reads {header} as '{value}'")
PY
headers=("k=x+y" "k=x%20y" "k=1;property=2" "k=")
{
    python/bin/python baggage.py "${headers[@]}"
    node baggage.cjs "${headers[@]}"
} >seen

expect seen <<'END'
Python writes 'x y' as k=x+y
Python reads k=x+y as 'x y'
Python reads k=x%20y as 'x y'
Python reads k=1;property=2 as '1;property=2'
Python reads k= as ''
Node.js writes 'x y' as k=x%20y
Node.js reads k=x+y as 'x+y'
Node.js reads k=x%20y as 'x y'
Node.js reads k=1;property=2 as '1'
Node.js reads k= as 'undefined'
END
