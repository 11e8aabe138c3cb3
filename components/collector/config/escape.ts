/** The Collector replaces `$...` in its file, and in what variables give it; `$$` stands for one `$`. */
export function escapeDollar(text: string): string {
    return text.replaceAll("$", "$$$$");
}
