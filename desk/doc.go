// Package desk is the office's side: taking in the lists of cards and the
// directory of offices. Subpackages read the files; here their rows meet the
// store, through the one door of package alert.
package desk
