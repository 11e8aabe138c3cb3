import { parseSeconds } from "../../config/types/units";

/** Formats a duration for Go programs, which do not accept days and weeks. */
export function goDuration(duration: string): string {
    return /[dw]/.test(duration) ? `${parseSeconds(duration)}s` : duration;
}
