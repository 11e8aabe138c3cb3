/**
 * The Collector expands `$...` in its configuration file and in the values of environment variables. `$$` is a literal
 * `$`.
 */
export function escapeDollar(text: string): string {
    return text.replaceAll("$", "$$$$");
}
