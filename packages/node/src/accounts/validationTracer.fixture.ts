// What happens while an operation is validated, that is until the EntryPoint says BeforeExecution. The text is a tracer for
// debug_traceCall of EntryPoint.handleOps and runs inside the chain's own program, which knows no modules and no types.
export const validationTracer = `{
  phase: null,
  isOver: false,
  before: {},
  happened: [],
  hashed: [],
  word: function (value) {
    return ('0'.repeat(64) + value.toString(16)).slice(-64);
  },
  address: function (value) {
    return '0x' + this.word(value).slice(24);
  },
  step: function (log) {
    if (this.isOver) return;
    var op = log.op.toString();
    var depth = log.getDepth();
    var peek = function (index) {
      return log.stack.peek(index);
    };
    if (depth === 1) {
      if (op === 'CALL') {
        var start = Number(peek(3));
        var selector = toHex(log.memory.slice(start, start + 4));
        this.phase =
          { '0x570e1a36': 'factory', '0x19822f7c': 'account', '0x52b7512c': 'paymaster' }[selector] || null;
      }
      // keccak256("BeforeExecution()")
      if (op === 'LOG1' && this.word(peek(2)).slice(0, 8) === 'bb47ee3e') this.isOver = true;
      return;
    }
    if (this.phase === null) return;
    var at = toHex(log.contract.getAddress());
    var fact = { phase: this.phase, depth: depth, at: at, op: op };
    if (this.before[depth] === 'GAS' && !/CALL$|CALLCODE$/.test(op))
      this.happened.push({ phase: this.phase, depth: depth, at: at, op: 'GAS' });
    this.before[depth] = op;
    if (op === 'SLOAD' || op === 'SSTORE' || op === 'TLOAD' || op === 'TSTORE') {
      fact.slot = '0x' + this.word(peek(0));
      this.happened.push(fact);
    } else if (op === 'KECCAK256' || op === 'SHA3') {
      var from = Number(peek(0));
      var length = Number(peek(1));
      if (length >= 20 && length <= 512) this.hashed.push(toHex(log.memory.slice(from, from + length)));
    } else if (/^(CALL|STATICCALL|DELEGATECALL|CALLCODE)$/.test(op)) {
      fact.to = this.address(peek(1));
      fact.value = op === 'CALL' || op === 'CALLCODE' ? this.word(peek(2)) : this.word(0);
      this.happened.push(fact);
    } else if (/^EXTCODE/.test(op)) {
      fact.to = this.address(peek(0));
      this.happened.push(fact);
    } else if (
      /^(ORIGIN|GASPRICE|BLOCKHASH|COINBASE|TIMESTAMP|NUMBER|DIFFICULTY|PREVRANDAO|GASLIMIT|BASEFEE|BLOBHASH|BLOBBASEFEE|BALANCE|SELFBALANCE|CREATE|CREATE2|SELFDESTRUCT|INVALID)$/.test(
        op,
      )
    ) {
      this.happened.push(fact);
    }
  },
  fault: function (log) {
    if (this.isOver || this.phase === null) return;
    this.happened.push({
      phase: this.phase,
      depth: log.getDepth(),
      at: toHex(log.contract.getAddress()),
      op: 'FAULT',
    });
  },
  result: function () {
    return { isOver: this.isOver, happened: this.happened, hashed: this.hashed };
  },
}`;
