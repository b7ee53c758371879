import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { apart, counted, fixed, largestSize, number, percent, placeOfLargest, read, sumLines, total } from "../../ui/components/kit/numbers.js";

const CASES = JSON.parse(readFileSync(new URL("../numbers.json", import.meta.url), "utf-8"));

test("a number has so many digits, and an exponent without zeros", () => {
  for (const [value, digits, text] of CASES.number) assert.equal(number(value, digits), text, `${value}, ${digits}`);
  assert.equal(number(NaN), "NaN");
});

test("a number has so many decimals, and no minus before nothing", () => {
  for (const [value, decimals, text] of CASES.fixed) assert.equal(fixed(value, decimals), text, `${value}, ${decimals}`);
});

test("a share never reads as all or nothing", () => {
  const texts = [0, 0.0004, 0.0005, 0.4567, 0.9994, 0.9995, 1].map(percent);
  assert.deepEqual(texts.map((text) => text.replace(/[\u202f\u00a0]/g, " ")), [
    "< 0.1 %", "< 0.1 %", "0.1 %", "45.7 %", "99.9 %", "> 99.9 %", "> 99.9 %",
  ]);
});

test("many numbers have a sum, a largest size and a place of the largest", () => {
  assert.equal(total([1, 2, -4]), -1);
  assert.equal(total([]), 0);
  assert.equal(largestSize([1, -3, null]), 3);
  assert.equal(largestSize(new Float32Array([-0.5, 0.25])), 0.5);
  assert.equal(largestSize([]), 0);
  assert.deepEqual([[3], [1, 5, 5], [-2, -1]].map(placeOfLargest), [0, 1, 1]);
});

test("a long sum is broken into lines before a plus", () => {
  assert.equal(sumLines(["a", "b", "c", "d", "e"], 2), "a + b\n+ c + d\n+ e");
  assert.equal(sumLines(["a"], 3), "a");
});

test("counts have their thousands apart, and what is written is read again", () => {
  assert.equal(counted(61706), "61,706");
  assert.equal(read(" −1,5 "), -1.5);
  assert.ok(Number.isNaN(read("one")));
});

test("a number is told from another by as many digits as it takes", () => {
  assert.equal(apart(1.000012, 1), "1.00001");
  assert.equal(apart(99.9988, 100), "99.999");
  assert.equal(apart(1 + 1e-9, 1), "1.000000001");
  assert.equal(apart(2.34567, 1), "2.346");
  assert.equal(apart(1, 1), "1");
});
