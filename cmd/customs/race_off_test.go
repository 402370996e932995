//go:build !race

package main

// raceDetector says that the program under test is slower and larger by it.
const raceDetector = false
