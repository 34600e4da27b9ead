// Answers in the order of their questions: what was asked earlier never overwrites what is known since.

/**
 * One kind of question. `ask()` numbers a question before it is sent; `take(turn)` says whether its answer may be
 * used: not when a later question's answer is in use already; `settle()` makes every answer still under way too late.
 */
export function inOrder() {
  let asked = 0;
  let taken = 0;
  return {
    ask: () => ++asked,
    isLatest: (turn) => turn === asked,
    take: (turn) => {
      if (turn < taken) return false;
      taken = turn;
      return true;
    },
    settle: () => {
      taken = ++asked;
    },
  };
}

/** Runs jobs one after the other, each once the one before has ended: what was said first is heard first. */
export function oneByOne() {
  let last = Promise.resolve();
  return (job) => {
    const mine = last.then(job);
    last = mine.catch(() => {});
    return mine;
  };
}
