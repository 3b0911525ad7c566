// All that there is to tell, for a person and for programs.
import type { Advice, Question } from "../../advise/advice.ts";
import type { Assembled } from "../../advise/assemble.ts";

export interface Telling {
  readonly known: Assembled;
  readonly question: Question;
  readonly advice: Advice;
}
