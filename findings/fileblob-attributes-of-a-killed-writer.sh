#!/usr/bin/env bash
# Go Cloud's file bucket keeps a blob's attributes in a second file, and a blob with an empty one cannot be read.
#
# Guess:    a writer that is killed leaves the old blob or the new one. Attributes that cannot be read are ignored, with
#           metadata=skip in any case.
# Seen:     the blob is replaced by a rename, its attributes are written in place before that. An empty attribute file makes
#           each read fail with EOF, with metadata=skip too: that only changes what is written.
# Versions: gocloud.dev v0.49.0
# Source:   blob/fileblob/attrs.go: setAttrs creates the file and then encodes into it, getAttrs decodes it on each read
# Matters:  Pulumi's state in files is such a bucket. A killed `pulumi up` left a complete state that no command could read:
#           "failed to load checkpoint: EOF". `make up` removes empty attribute files.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"
)

func read(folder, query string) {
	ctx := context.Background()
	bucket, err := blob.OpenBucket(ctx, "file://"+filepath.ToSlash(folder)+query)
	if err != nil {
		panic(err)
	}
	defer bucket.Close()
	text, err := bucket.ReadAll(ctx, "state.json")
	fmt.Printf("%q %v\n", text, err)
}

func main() {
	ctx := context.Background()
	folder, _ := filepath.Abs("bucket")
	_ = os.Mkdir(folder, 0o755)
	bucket, err := blob.OpenBucket(ctx, "file://"+filepath.ToSlash(folder))
	if err != nil {
		panic(err)
	}
	if err := bucket.WriteAll(ctx, "state.json", []byte("{}"), nil); err != nil {
		panic(err)
	}
	bucket.Close()
	read(folder, "")
	_ = os.Truncate(filepath.Join(folder, "state.json.attrs"), 0)
	read(folder, "")
	read(folder, "?metadata=skip")
	_ = os.Remove(filepath.Join(folder, "state.json.attrs"))
	read(folder, "")
}
GO
build_go bucket-reader gocloud.dev@v0.49.0
./bucket-reader >seen

expect seen <<'END'
"{}" <nil>
"" EOF
"" EOF
"{}" <nil>
END
