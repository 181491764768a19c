// What users import as `random`: keys and the samplers on their bits, and the families that are built on those.
export * from "./draws.ts";
export {
  ball,
  beta,
  chisquare,
  dirichlet,
  doubleSidedMaxwell,
  f,
  gamma,
  generalizedNormal,
  geometric,
  loggamma,
  multivariateNormal,
  orthogonal,
  t,
  triangular,
  wald,
} from "./families.ts";
export { type BinomialOptions, type CountOptions, type MultinomialOptions, binomial, multinomial, poisson } from "./counts.ts";
