/* SPDX-License-Identifier: MIT */
/*
 * The cold side of the hot loops: byte patterns of --verify, and the words for what went wrong.
 */
#include <errno.h>
#include <inttypes.h>
#include <ipcbench/loops.h>
#include <stdio.h>
#include <string.h>

/* One word of the pattern: it depends on the message and on the place, and is cheap to make. */
static uint64_t pattern_word(uint64_t seq, size_t index)
{
	return (seq + 1) * UINT64_C(0x9e3779b97f4a7c15) + index * UINT64_C(0xbf58476d1ce4e5b9);
}

void ipcbench_payload_fill(void *buf, size_t n, uint64_t seq)
{
	unsigned char *p = buf;
	size_t words = n / 8;

	if (n <= 8)
		return;
	for (size_t i = 1; i < words; i++) {
		uint64_t word = pattern_word(seq, i);

		memcpy(p + 8 * i, &word, 8);
	}
	uint64_t tail = pattern_word(seq, words);

	memcpy(p + 8 * words, &tail, n % 8);
}

static int corrupt(struct worker *w, const unsigned char *p, size_t index, uint64_t seq, size_t len)
{
	uint64_t want = pattern_word(seq, index);

	for (size_t i = 0; i < len; i++) {
		unsigned int byte = (unsigned int)(want >> (8 * i)) & 0xff;

		if (p[8 * index + i] != byte)
			return reason_set(&w->fault, EBADMSG,
				"corrupt: byte %zu of message %" PRIu64
				" is 0x%02x, sent as 0x%02x",
				8 * index + i, seq, p[8 * index + i], byte);
	}
	return 0;
}

int ipcbench_payload_check(struct worker *w, const void *buf, size_t n, uint64_t seq)
{
	const unsigned char *p = buf;
	size_t words = n / 8;

	if (n <= 8)
		return 0;
	for (size_t i = 1; i < words; i++) {
		uint64_t word;

		memcpy(&word, p + 8 * i, 8);
		if (word != pattern_word(seq, i))
			return corrupt(w, p, i, seq, 8);
	}
	return corrupt(w, p, words, seq, n % 8);
}

/*
 * A number ahead of the expected one means that something was lost, or overtaken. Reading on for
 * a few messages tells which: an overtaken message comes in late, a lost one never does.
 */
static bool comes_late(struct worker *w, const struct channel_ops *ops, uint64_t want)
{
	uint64_t mask = msg_seq_mask(w->size);

	for (int i = 0; i < 4; i++) {
		if (w->rx == NULL || ops->recv(w->in, w->rx, w->size) < 0)
			return false;
		uint64_t word = msg_word(w->rx, w->size);

		if ((word & MSG_SEQ_MASK & mask) == want)
			return true;
		if ((word & MSG_END_FLAG) != 0)
			return false;
	}
	return false;
}

int ipcbench_sequence_fault(
	struct worker *w, const struct channel_ops *ops, uint64_t want, uint64_t got)
{
	uint64_t ahead = (got - want) & msg_seq_mask(w->size);
	bool stream = w->out == NULL;

	if (ahead > UINT64_C(1) << 32 && got > want)
		return reason_set(&w->fault, EILSEQ,
			"corrupt: a message numbered %" PRIu64 " arrived where %" PRIu64 " was due",
			got, want);
	if (got < want)
		return reason_set(&w->fault, EILSEQ,
			"duplicate: message %" PRIu64 " arrived again where %" PRIu64 " was due",
			got, want);
	/* the rest of its batch is in `rx`, which reading on would overwrite */
	if (w->batch > 1)
		return reason_set(&w->fault, EILSEQ,
			"lost or reordered: message %" PRIu64 " arrived where %" PRIu64 " was due",
			got, want);
	if (stream && comes_late(w, ops, want))
		return reason_set(&w->fault, EILSEQ,
			"reordered: message %" PRIu64 " arrived before message %" PRIu64, got,
			want);
	return reason_set(&w->fault, EILSEQ,
		"lost: message %" PRIu64 " arrived where %" PRIu64 " was due, %" PRIu64 " missing",
		got, want, ahead);
}

int ipcbench_fan_fault(struct worker *w, uint64_t got, uint64_t want)
{
	const uint64_t mask = (UINT64_C(1) << MSG_SENDER_SHIFT) - 1;
	uint64_t sender = got >> MSG_SENDER_SHIFT, number = got & mask;
	char whose[40] = "";

	if (sender >= w->fan->senders)
		return reason_set(&w->fault, EILSEQ,
			"corrupt: a message names sender %" PRIu64 " of %u", sender + 1,
			w->fan->senders);
	if (w->fan->senders > 1)
		snprintf(whose, sizeof(whose), " of sender %" PRIu64, sender + 1);
	if (got < want)
		return reason_set(&w->fault, EILSEQ,
			"duplicate or reordered: message %" PRIu64 "%s arrived where %" PRIu64
			" was due",
			number, whose, want & mask);
	return reason_set(&w->fault, EILSEQ,
		"lost or reordered: message %" PRIu64 "%s arrived where %" PRIu64 " was due",
		number, whose, want & mask);
}

int ipcbench_sum_fault(struct worker *w, uint64_t seq, uint64_t want, uint64_t got)
{
	return reason_set(&w->fault, EBADMSG,
		"corrupt: the bytes of message %" PRIu64 " sum to 0x%" PRIx64
		", sent as 0x%" PRIx64,
		seq, got, want);
}

int ipcbench_op_fault(struct worker *w, const char *op, uint64_t seq, int err)
{
	return reason_set(
		&w->fault, -err, "%s() of message %" PRIu64 " failed: %s", op, seq, strerror(-err));
}

int ipcbench_client_fault(struct worker *w, unsigned int client, int err)
{
	return reason_set(&w->fault, -err, "client %u: %s", client + 1, w->fault.text);
}
