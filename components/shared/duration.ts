import { secondsOf } from "../../config/units";

/** A duration as Go programs read it: they know no days and weeks. */
export function goDuration(duration: string): string {
    return /[dw]/.test(duration) ? `${secondsOf(duration)}s` : duration;
}
