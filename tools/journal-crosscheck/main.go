// Checks Lichen's journals with the Go project's and Google's own transparency-log code, and writes the vectors that the
// TypeScript reads from them. It serves the tests only; the product needs no Go.
//
//	go run . write > ../../packages/protocol/vectors/journal.json
//	go run . check FOLDER LOG_VKEY [WITNESS_VKEY ...]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	fproof "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = m[at]
	}
	return out, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func hashesOf(entries [][]byte) memory {
	var stored memory
	for i, entry := range entries {
		stored = append(stored, must(tlog.StoredHashes(int64(i), entry, stored))...)
	}
	return stored
}

func encode(hashes []tlog.Hash) []string {
	out := []string{}
	for _, hash := range hashes {
		out = append(out, base64.StdEncoding.EncodeToString(hash[:]))
	}
	return out
}

type inclusion struct {
	Index  int64    `json:"index"`
	Size   int64    `json:"size"`
	Hashes []string `json:"hashes"`
}
type consistency struct {
	OldSize int64    `json:"oldSize"`
	Size    int64    `json:"size"`
	Hashes  []string `json:"hashes"`
}
type vectors struct {
	Source       string            `json:"source"`
	Entries      []string          `json:"entries"`
	Roots        map[string]string `json:"roots"`
	Inclusion    []inclusion       `json:"inclusion"`
	Consistency  []consistency     `json:"consistency"`
	LogVkey      string            `json:"logVkey"`
	WitnessVkeys []string          `json:"witnessVkeys"`
	Checkpoint   string            `json:"checkpoint"`
	Receipts     []string          `json:"receipts"`
}

func write() {
	var entries [][]byte
	for i := 0; i < 300; i++ {
		entries = append(entries, []byte(fmt.Sprintf("entry %d", i)))
	}
	stored := hashesOf(entries)
	out := vectors{
		Source: "golang.org/x/mod v0.43.0 sumdb/tlog and sumdb/note (BSD-3-Clause), github.com/transparency-dev/formats v0.1.1 (Apache-2.0)",
		Roots:  map[string]string{},
	}
	for _, entry := range entries {
		out.Entries = append(out.Entries, base64.StdEncoding.EncodeToString(entry))
	}
	for _, size := range []int64{1, 2, 3, 7, 8, 255, 256, 257, 299, 300} {
		root := must(tlog.TreeHash(size, stored))
		out.Roots[fmt.Sprint(size)] = base64.StdEncoding.EncodeToString(root[:])
		for _, index := range []int64{0, size / 2, size - 1} {
			out.Inclusion = append(out.Inclusion, inclusion{index, size, encode(must(tlog.ProveRecord(size, index, stored)))})
		}
		for _, old := range []int64{1, size / 2, size - 1} {
			if old < 1 || old >= size {
				continue
			}
			out.Consistency = append(out.Consistency, consistency{old, size, encode(must(tlog.ProveTree(size, old, stored)))})
		}
	}
	skey, vkey, err := note.GenerateKey(nil, "go.example/log")
	must(0, err)
	signers := []note.Signer{must(note.NewSigner(skey))}
	out.LogVkey = vkey
	edSecret, edPublic, err := note.GenerateKey(nil, "go.example/witness-ed25519")
	must(0, err)
	signers = append(signers, must(fnote.NewSignerForCosignatureV1(edSecret)))
	out.WitnessVkeys = append(out.WitnessVkeys, must(fnote.VKeyToCosignatureV1(edPublic)))
	mlSecret, mlPublic, err := fnote.GenerateMLDSAKey("go.example/witness-mldsa44")
	must(0, err)
	signers = append(signers, must(fnote.NewSignerForCosignatureV1(mlSecret)))
	out.WitnessVkeys = append(out.WitnessVkeys, mlPublic)
	root := must(tlog.TreeHash(300, stored))
	text := string(flog.Checkpoint{Origin: "go.example/log", Size: 300, Hash: root[:]}.Marshal())
	signed := must(note.Sign(&note.Note{Text: text}, signers...))
	out.Checkpoint = string(signed)
	for _, index := range []int64{0, 131, 299} {
		var proof [][32]byte
		for _, hash := range must(tlog.ProveRecord(300, index, stored)) {
			proof = append(proof, hash)
		}
		out.Receipts = append(out.Receipts, string(receiptOf(uint64(index), proof, signed)))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	must(0, encoder.Encode(out))
}

func pathOf(level string, tile int64, width int) string {
	path := fmt.Sprintf("%03d", tile%1000)
	for rest := tile / 1000; rest > 0; rest /= 1000 {
		path = fmt.Sprintf("x%03d/%s", rest%1000, path)
	}
	if width != 256 {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	return filepath.Join("tile", level, path)
}

func check(folder string, vkey string, witnesses []string) {
	signed := must(os.ReadFile(filepath.Join(folder, "checkpoint")))
	verifiers := []note.Verifier{must(note.NewVerifier(vkey))}
	for _, witness := range witnesses {
		verifiers = append(verifiers, must(fnote.NewVerifierForCosignatureV1(witness)))
	}
	opened := must(note.Open(signed, note.VerifierList(verifiers...)))
	var head flog.Checkpoint
	must(head.Unmarshal([]byte(opened.Text)))
	if len(opened.Sigs) != len(verifiers) {
		must(0, fmt.Errorf("%d of %d signatures are there", len(opened.Sigs), len(verifiers)))
	}
	var entries [][]byte
	for tile := int64(0); uint64(len(entries)) < head.Size; tile++ {
		width := 256
		if left := int(head.Size) - len(entries); left < width {
			width = left
		}
		bundle := must(os.ReadFile(filepath.Join(folder, pathOf("entries", tile, width))))
		for len(bundle) > 0 {
			size := int(binary.BigEndian.Uint16(bundle))
			entries = append(entries, bundle[2:2+size])
			bundle = bundle[2+size:]
		}
	}
	stored := hashesOf(entries)
	root := must(tlog.TreeHash(int64(head.Size), stored))
	if !bytes.Equal(root[:], head.Hash) {
		must(0, fmt.Errorf("root of the entries is not that of the checkpoint"))
	}
	tiles := 0
	for level := 0; ; level++ {
		nodes := int64(head.Size) >> (8 * level)
		if nodes == 0 {
			break
		}
		for first := int64(0); first < nodes; first += 256 {
			width := nodes - first
			if width > 256 {
				width = 256
			}
			var want []byte
			for node := first; node < first+width; node++ {
				hash := stored[tlog.StoredHashIndex(8*level, node)]
				want = append(want, hash[:]...)
			}
			got := must(os.ReadFile(filepath.Join(folder, pathOf(fmt.Sprint(level), first/256, int(width)))))
			if !bytes.Equal(got, want) {
				must(0, fmt.Errorf("tile %d of level %d differs", first/256, level))
			}
			tiles++
		}
	}
	receipts := must(filepath.Glob(filepath.Join(folder, "*.tlog-proof")))
	prefixes := 0
	for _, path := range receipts {
		index, proof, checkpoint, extra := readReceipt(must(os.ReadFile(path)))
		must(note.Open(checkpoint, note.VerifierList(verifiers...)))
		var at flog.Checkpoint
		must(at.Unmarshal(checkpoint))
		var hashes tlog.RecordProof
		for _, hash := range proof {
			hashes = append(hashes, hash)
		}
		must(0, tlog.CheckRecord(hashes, int64(at.Size), tlog.Hash(at.Hash), int64(index), tlog.RecordHash(entries[index])))
		entry, others := readExtra(extra)
		if entry != nil && !bytes.Equal(entry, entries[index]) {
			must(0, fmt.Errorf("%s carries another entry", path))
		}
		for size, hashes := range others {
			small, large := size, int64(at.Size)
			if small > large {
				small, large = large, small
			}
			must(0, tlog.CheckTree(hashes, large, must(tlog.TreeHash(large, stored)), small, must(tlog.TreeHash(small, stored))))
			prefixes++
		}
	}
	fmt.Printf("%d entries, %d tiles, %d signatures, %d receipts, %d proofs to other heads: all as they must be\n", len(entries), tiles, len(opened.Sigs), len(receipts), prefixes)
}

// What Lichen puts in the extra line of a receipt: the entry, or lines of text, an empty line and the entry. docs/spec/journal.md
func readExtra(extra []byte) ([]byte, map[int64]tlog.TreeProof) {
	others := map[int64]tlog.TreeProof{}
	if !bytes.HasPrefix(extra, []byte("lichen.receipt/v1\n")) {
		return extra, others
	}
	head, entry, found := bytes.Cut(extra, []byte("\n\n"))
	if !found {
		must(0, fmt.Errorf("the extra line of a receipt has no empty line"))
	}
	for _, line := range strings.Split(string(head), "\n")[1:] {
		words := strings.Split(line, " ")
		if words[0] == "entry" {
			if words[1] != fmt.Sprint(len(entry)) {
				must(0, fmt.Errorf("an entry of %d bytes is said to have %s", len(entry), words[1]))
			}
			continue
		}
		size := must(strconv.ParseInt(words[1], 10, 64))
		for _, word := range words[2:] {
			others[size] = append(others[size], tlog.Hash(must(base64.StdEncoding.DecodeString(word))))
		}
	}
	return entry, others
}

func receiptOf(index uint64, proof [][32]byte, checkpoint []byte) []byte {
	return fproof.TLogProof{Index: index, Hashes: proof, Checkpoint: checkpoint}.Marshal()
}

func readReceipt(text []byte) (uint64, [][32]byte, []byte, []byte) {
	var receipt fproof.TLogProof
	must(0, receipt.Unmarshal(text))
	return receipt.Index, receipt.Hashes, receipt.Checkpoint, receipt.ExtraData
}

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "write":
		write()
	case len(os.Args) >= 4 && os.Args[1] == "check":
		check(os.Args[2], os.Args[3], os.Args[4:])
	default:
		fmt.Fprintln(os.Stderr, strings.TrimSpace("usage: write | check FOLDER LOG_VKEY [WITNESS_VKEY ...]"))
		os.Exit(2)
	}
}
