import { parseSeconds } from "../../config/types/units";

/** A duration as Go programs read it: they know no days and weeks. */
export function goDuration(duration: string): string {
    return /[dw]/.test(duration) ? `${parseSeconds(duration)}s` : duration;
}
