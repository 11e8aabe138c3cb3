import { describeSignals } from "./support/signals";
import { targetStack } from "./support/stack";

describeSignals("the signals of two services", targetStack());
