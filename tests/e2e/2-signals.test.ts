import { describeSignals } from "./support/signals";
import { stackWith } from "./support/stack";

describeSignals("the signals of two services", stackWith("sandbox"));
