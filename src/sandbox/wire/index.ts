export { Wire, type Answered } from './answer.ts';
export { splitTarget, type WireRequest, type WireResponse } from './coding/http.ts';
export { Denial } from './coding/denial.ts';
