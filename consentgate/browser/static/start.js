const { apply, getOwnPropertyDescriptor: find, defineProperty: define } = Reflect;
const states = {};
